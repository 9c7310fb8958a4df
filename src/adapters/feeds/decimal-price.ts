// Decimal prices -> integer minor units, by their digits: a float would turn some prices into a cent less.

/**
 * Minor units of a price such as "20.00" in a currency (2 digits for EUR, 0 for JPY, 3 for KWD).
 * Null when it is no plain, non-negative decimal, has more digits than the currency, or exceeds 9 digits before the point.
 */
export function toMinorUnits(written: string, currency: string): number | null {
  const parts = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(written);
  if (!parts) return null;
  const digits = digitsOf(currency);
  const fraction = (parts[2] ?? '').padEnd(digits, '0');
  if (/[1-9]/.test(fraction.slice(digits))) return null;
  return Number(`${parts[1]}${fraction.slice(0, digits)}`);
}

/** Asking Intl costs 20 µs, and a feed has one currency. */
const known = new Map<string, number>();

function digitsOf(currency: string): number {
  let digits = known.get(currency);
  if (digits === undefined) {
    digits =
      new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ??
      2;
    known.set(currency, digits);
  }
  return digits;
}
