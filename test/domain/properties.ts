// fast-check, with other inputs in each run; but with the same few for each mutant (test/mutation), so that a score can be
// measured again, and nothing is shrunk.
import fc from 'fast-check';

if (process.env['FEW_INPUTS']) fc.configureGlobal({ seed: 1, numRuns: 20, endOnFailure: true });

export { fc };
