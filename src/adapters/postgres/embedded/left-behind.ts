// A Postgres that outlived its engine (kill -9 of the engine alone), or the traces of one that did not.
// Must be called with the lock of DATA_DIR: then whatever still runs in there is nobody's.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const FAST_STOP_MS_MAX = 10_000;
const QUICK_STOP_MS_MAX = 5_000;

/** Stops what still runs in the data folder and removes a `postmaster.pid` that names no Postgres of ours. */
export async function stopLeftBehind(data: string, log: (message: string) => void): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = postmasterPid(data);
  const running = () => processesIn(data, pid);
  if (running().length > 0) {
    log(`a Postgres (process ${pid}) was left behind in ${data}; stopping it`);
    await stopAll(running, pid);
  }
  // Its pid may by now be another program's, which would keep Postgres from starting. Nothing of ours runs any more.
  if (running().length === 0) rmSync(pidFile, { force: true });
}

async function stopAll(running: () => number[], postmaster: number | undefined): Promise<void> {
  const orphans = () => running().filter((p) => p !== postmaster);
  if (postmaster !== undefined && running().includes(postmaster)) {
    signal([postmaster], 'SIGINT'); // fast shutdown: roll back, write a checkpoint
    if (await gone(running, FAST_STOP_MS_MAX)) return;
    signal([postmaster], 'SIGQUIT'); // at once; recovery on the next start
  }
  signal(orphans(), 'SIGQUIT');
  if (await gone(running, QUICK_STOP_MS_MAX)) return;
  signal(running(), 'SIGKILL');
  await gone(running, QUICK_STOP_MS_MAX);
}

async function gone(running: () => number[], withinMs: number): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(20))
    if (running().length === 0) return true;
  return false;
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // it ended meanwhile
    }
  }
}

/** The pid that `postmaster.pid` names. */
function postmasterPid(data: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Every Postgres process works inside its data folder, which tells ours from others whatever their pid. */
function processesIn(data: string, named: number | undefined): number[] {
  if (process.platform !== 'linux') return named !== undefined && commandHas(named, data) ? [named] : [];
  const home = realpathSync(data);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isPostgres(name) && workingFolder(name) === home)
    .map(Number);
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** By its name, zombies left out: a shell somebody left in that folder is none of our business. */
function isPostgres(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnd = stat.lastIndexOf(')');
    return stat.slice(stat.indexOf('(') + 1, nameEnd) === 'postgres' && stat[nameEnd + 2] !== 'Z';
  } catch {
    return false;
  }
}

function commandHas(pid: number, data: string): boolean {
  try {
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      data,
    );
  } catch {
    return false;
  }
}
