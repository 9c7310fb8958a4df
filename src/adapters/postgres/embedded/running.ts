// The embedded Postgres of a DATA_DIR that an engine or a command has started: another command works beside it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartRefused } from '../../../ports/start-refused.ts';
import { isDataDirHeld } from '../../system/data-dir-lock.ts';
import { clusterPaths, SUPERUSER, type ClusterPaths } from './cluster.ts';
import { lastWords } from './postmaster.ts';
import { joinOthers, quietClient } from './sharing.ts';

const PORT_LINE = 3;
const LAST_WORDS_MAX = 2_000;
/** A Postgres that is made, starts, or is started again may take so long. */
const STARTING_MS_MAX = 10_000;
const LOOK_MS = 100;
/** Postgres starts, recovers, ends or has no room, or the engine has not made its database yet. */
const NOT_YET = new Set(['57P01', '57P02', '57P03', '53100', '3D000']);

export interface RunningPostgres {
  readonly url: string;
  /** It is not worked on any more: a command that started it may stop it. */
  readonly leave: () => Promise<void>;
}

/**
 * Joins who works on it; null when nothing runs there, or only what a killed process has left behind: the next start stops
 * that. One that is starting is waited for, and so is the end of one that is about to be stopped. StartRefused where an
 * engine lives in the folder and its Postgres does not, as far as can be seen from here.
 */
export async function runningEmbeddedPostgres(
  dataDir: string,
  startingMsMax = STARTING_MS_MAX,
): Promise<RunningPostgres | null> {
  const paths = clusterPaths(dataDir);
  const until = performance.now() + startingMsMax;
  while (await isDataDirHeld(dataDir)) {
    const address = addressOf(paths);
    const running = address === null ? null : await joined(address);
    if (running !== null) return running;
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

/** null: it starts or ends, for nobody listens or it breaks off. Any other refusal is for the caller to meet. */
async function joined(url: string): Promise<RunningPostgres | null> {
  const client = quietClient(url);
  const leave = () => client.end().catch(() => {});
  try {
    await client.connect();
    if (await joinOthers(client)) return { url, leave };
  } catch (error) {
    if (error instanceof pg.DatabaseError && !NOT_YET.has(error.code ?? '')) return { url, leave };
  }
  await leave();
  return null;
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
