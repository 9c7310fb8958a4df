// One real Postgres for all suites of a run: the embedded one in a temporary folder, or TEST_DATABASE_URL
// (the URL of a user who may create databases) to run them against another, such as a Postgres 15.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    adminDatabaseUrl: string;
    /** How the suites' Postgres came to be, in words. */
    postgresOrigin: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) {
    project.provide('adminDatabaseUrl', given);
    project.provide('postgresOrigin', 'given by TEST_DATABASE_URL');
    return async () => {};
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'fairseat-test-'));
  const postgres = await startEmbeddedPostgres({
    dataDir,
    log: (message) => console.error(message),
    settings: { max_connections: '200' },
  });
  project.provide('adminDatabaseUrl', postgres.url);
  project.provide('postgresOrigin', 'embedded');
  return async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
