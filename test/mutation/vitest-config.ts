// What `npm run mutation` runs for each mutant of src/domain: the tests of the domain and the golden samples, no database.
// Random histories are left out: they take seconds for each mutant, and what they find is another thing each time.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/domain/**/*.unit.test.ts', 'test/golden/*.unit.test.ts'],
    exclude: ['test/domain/show/random-history.unit.test.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    testTimeout: 30_000,
  },
});
