// fast-check, with other inputs in each run; but with the same few for each mutant (test/mutation), so that a score can be
// measured again, and nothing is shrunk.
import fc from 'fast-check';

/** So many runs, or the few of a mutant. */
export const runs = (many: number, few: number): number => (process.env['FEW_INPUTS'] ? few : many);

if (process.env['FEW_INPUTS']) fc.configureGlobal({ seed: 1, numRuns: 20, endOnFailure: true });

export { fc };
