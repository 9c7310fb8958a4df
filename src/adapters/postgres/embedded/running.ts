// The embedded Postgres of a DATA_DIR that an engine is serving right now: the command line works beside it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartRefused } from '../../../ports/start-refused.ts';
import { isDataDirHeld } from '../../system/data-dir-lock.ts';
import { clusterPaths, SUPERUSER, type ClusterPaths } from './cluster.ts';
import { lastWords } from './postmaster.ts';

const PORT_LINE = 3;
const LAST_WORDS_MAX = 2_000;
/** A Postgres that is made, starts, or is started again may take so long. */
const STARTING_MS_MAX = 10_000;
const LOOK_MS = 100;
/** Postgres starts, recovers, ends or has no room, or the engine has not made its database yet. */
const NOT_YET = new Set(['57P01', '57P02', '57P03', '53100', '3D000']);

/**
 * Its address; null when nothing runs there, or only what a killed process has left behind: the next start stops that.
 * One that is starting is waited for. StartRefused where an engine lives in the folder and its Postgres does not, as far
 * as can be seen from here.
 */
export async function runningEmbeddedPostgres(
  dataDir: string,
  startingMsMax = STARTING_MS_MAX,
): Promise<string | null> {
  const paths = clusterPaths(dataDir);
  const until = performance.now() + startingMsMax;
  while (await isDataDirHeld(dataDir)) {
    const address = addressOf(paths);
    if (address !== null && (await mayBeUsed(address))) return address;
    if (performance.now() > until)
      throw new StartRefused(
        `DATA_DIR ${dataDir} is in use by another Fairseat, whose Postgres is starting, has ended, or runs in another container. It said last: ${saidIn(paths)}`,
      );
    await sleep(LOOK_MS);
  }
  return null;
}

/** Whether who lives in `dataDir` has ended since, or started a Postgres at another address. */
export async function hasLeft(dataDir: string, address: string): Promise<boolean> {
  const now = addressOf(clusterPaths(dataDir));
  return (now !== null && now !== address) || !(await isDataDirHeld(dataDir));
}

function addressOf(paths: ClusterPaths): string | null {
  const [pid, port] = postmasterOf(paths);
  // No number while it is being written.
  if (pid === undefined || !(pid > 0) || !isAlive(pid)) return null;
  const password = readFileSync(paths.password, 'utf8').trim();
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/fairseat`;
}

/** Where nobody listens or it breaks off, it starts or ends. Any other refusal is for the caller to meet. */
async function mayBeUsed(address: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: address });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    return error instanceof pg.DatabaseError && !NOT_YET.has(error.code ?? '');
  } finally {
    await client.end().catch(() => {});
  }
}

function postmasterOf({ data }: ClusterPaths): [pid?: number, port?: number] {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return [Number(lines[0]), Number(lines[PORT_LINE])];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function saidIn({ log }: ClusterPaths): string {
  const said = existsSync(log) ? readFileSync(log, 'utf8') : '';
  return lastWords(said.slice(-LAST_WORDS_MAX));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
