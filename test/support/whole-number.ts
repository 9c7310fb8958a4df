// Whole numbers of a command line: what is none would be NaN, of which a proof does nothing and finds nothing wrong.

/** The number, or the process ends here, with a sentence. */
export function wholeNumber(option: string, written: string, least = 1): number {
  const number = /^\d{1,15}$/.test(written) ? Number(written) : -1;
  if (number < least) {
    console.error(`--${option} takes a whole number, ${least} or more, not ${JSON.stringify(written)}.`);
    process.exit(2);
  }
  return number;
}
