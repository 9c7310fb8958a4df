// Currencies by their code: only those that money can be counted in today, so that a slip is not a price for ever.

/** A code of ISO 4217, by its shape. */
export const CURRENCY = /^[A-Z]{3}$/;

let known: ReadonlySet<string> | undefined;

/** Whether it is the ISO 4217 code of a currency, in capitals. What is stored already is not asked: it must replay. */
export function isCurrency(code: string): boolean {
  known ??= new Set(Intl.supportedValuesOf('currency'));
  return known.has(code);
}
