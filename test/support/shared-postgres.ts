// One real Postgres for all suites of a run: the embedded one in a temporary folder, or TEST_DATABASE_URL
// (the URL of a user who may create databases) to run them against another, such as a Postgres 15.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-server.ts';

const INTERRUPTIONS = ['SIGINT', 'SIGTERM'] as const;
const REMOVALS_MAX = 50;
const REMOVAL_PAUSE_MS = 20;

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
  const goOn = () => {};
  const interrupted = () => leaveNothing(dataDir);
  process.once('exit', interrupted);
  // A terminal and npm each send the signal: the second would end vitest before anything of this could run.
  for (const signal of INTERRUPTIONS) process.on(signal, goOn);
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
    process.off('exit', interrupted);
    for (const signal of INTERRUPTIONS) process.off(signal, goOn);
  };
}

/** Ctrl-C ends vitest without the tear-down, and Postgres has a session of its own: nobody else would end it. */
function leaveNothing(dataDir: string): void {
  try {
    const postmaster = Number.parseInt(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    if (postmaster > 0) process.kill(postmaster, 'SIGQUIT');
  } catch {
    // It was not up yet, or had ended.
  }
  // While Postgres ends it takes files away itself, upon which removing stops half-way and says nothing.
  for (let attempt = 0; existsSync(dataDir) && attempt < REMOVALS_MAX; attempt++) {
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, REMOVAL_PAUSE_MS);
  }
}
