// The embedded Postgres of a DATA_DIR that an engine is serving right now: the command line works beside it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDataDirHeld } from '../../system/data-dir-lock.ts';
import { clusterPaths, SUPERUSER } from './cluster.ts';

const PORT_LINE = 3;

/**
 * Its address; null when nothing runs there, or only what a killed process has left behind: the next start stops that.
 * Whether it answers is for the caller to find out by connecting.
 */
export async function runningEmbeddedPostgres(dataDir: string): Promise<string | null> {
  const paths = clusterPaths(dataDir);
  const pidFile = join(paths.data, 'postmaster.pid');
  if (!existsSync(pidFile)) return null;
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  if (!isAlive(Number(lines[0])) || !(await isDataDirHeld(dataDir))) return null;
  const password = readFileSync(paths.password, 'utf8').trim();
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${Number(lines[PORT_LINE])}/fairseat`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
