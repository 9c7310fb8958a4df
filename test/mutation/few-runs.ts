// A mutant is judged by the same few inputs each time, so that a score can be measured again, and nothing is shrunk.
import fc from 'fast-check';

fc.configureGlobal({ seed: 1, numRuns: 20, endOnFailure: true });
