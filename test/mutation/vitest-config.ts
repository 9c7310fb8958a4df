// What `npm run mutation` runs for each mutant of src/domain: the tests of the domain and the golden samples, no database.
// Histories and the largest plan are left out: they take seconds for each mutant, and what random ones find is another
// thing each time.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/domain/**/*.unit.test.ts', 'test/golden/*.unit.test.ts'],
    exclude: [
      'test/domain/show/{random-history,denial-of-inventory}.unit.test.ts',
      'test/domain/seating-plan/large-plan.unit.test.ts',
    ],
    env: { FEW_INPUTS: 'yes' },
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    testTimeout: 30_000,
  },
});
