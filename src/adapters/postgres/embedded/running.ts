// The embedded Postgres of a DATA_DIR that an engine is serving right now: the command line works beside it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartRefused } from '../../../ports/start-refused.ts';
import { isDataDirHeld } from '../../system/data-dir-lock.ts';
import { clusterPaths, SUPERUSER, type ClusterPaths } from './cluster.ts';
import { lastWords } from './postmaster.ts';

const PORT_LINE = 3;
const LAST_WORDS_MAX = 2_000;

/**
 * Its address; null when nothing runs there, or only what a killed process has left behind: the next start stops that.
 * Whether it answers is for the caller to find out by connecting. StartRefused where an engine lives in the folder and its
 * Postgres does not, as far as can be seen from here.
 */
export async function runningEmbeddedPostgres(dataDir: string): Promise<string | null> {
  const paths = clusterPaths(dataDir);
  const [pid, port] = postmasterOf(paths);
  if (!(await isDataDirHeld(dataDir))) return null;
  if (pid === undefined || !isAlive(pid))
    throw new StartRefused(
      `DATA_DIR ${dataDir} is in use by another Fairseat, whose Postgres is starting, has ended, or runs in another container. It said last: ${saidIn(paths)}`,
    );
  const password = readFileSync(paths.password, 'utf8').trim();
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/fairseat`;
}

function postmasterOf({ data }: ClusterPaths): [pid?: number, port?: number] {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return [];
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  return [Number(lines[0]), Number(lines[PORT_LINE])];
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
