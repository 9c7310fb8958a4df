// Every tier of the suite in one run; pick one with `npm test -- .unit`, `.contract`, `.sim` or `.e2e`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.{unit,contract,sim,e2e}.test.ts'],
    globalSetup: ['test/support/shared-postgres.ts'],
    setupFiles: ['test/support/servers/suite-name.ts'],
    // Real databases and servers are started by the tests: more workers than this take each other's processor.
    pool: 'forks',
    maxWorkers: 2,
    // What is waited for comes in moments, on a busy machine much later: these are for what never comes.
    testTimeout: 240_000,
    hookTimeout: 400_000,
    expect: { poll: { timeout: 60_000 } },
    slowTestThreshold: 2_000,
  },
});
