// One run of the Postgres server process: how it is started, when it is ready, how it is stopped.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartRefused } from '../../../ports/start-refused.ts';
import type { Account } from './account.ts';
import { postgresEnv } from './cluster.ts';
import type { ClusterPaths } from './cluster.ts';

/** Recovery after a crash replays at most what `max_wal_size` holds; far more than that takes. */
const READY_MS_MAX = 300_000;
const PORT_ATTEMPTS_MAX = 8;
const SHARED_MEMORY_ATTEMPTS_MAX = 50;
const LOG_BYTES_MAX = 20_000_000;
const FAST_STOP_MS_MAX = 6_000;
const QUICK_STOP_MS_MAX = 2_000;

/** What the address of a Unix socket may take on every system (`sun_path`: 104 bytes on macOS, 108 on Linux). */
const SOCKET_PATH_BYTES_MAX = 100;

const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  max_connections: '50',
  shared_buffers: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  wal_compression: 'on',
  // Nobody replicates from it: less is written for each commit.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Refused rows and statements may hold personal data: what is logged names the error only.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

export interface Launch {
  readonly program: string;
  readonly paths: ClusterPaths;
  readonly account: Account;
  /** Added to, or in place of, the settings above. */
  readonly settings: Record<string, string>;
  /** Added to the environment of its processes. */
  readonly env: Record<string, string>;
  readonly log: (message: string) => void;
}

export interface Postmaster {
  readonly port: number;
  readonly child: ChildProcess;
}

/** Starts Postgres on `port`, or on a free one of the loopback, and waits until it takes connections. */
export async function startPostmaster(launch: Launch, port?: number): Promise<Postmaster> {
  rotateLog(launch.paths.log);
  let portAttempts = 0;
  for (let attempt = 0; ; attempt++) {
    const chosen = port ?? (await freePort());
    removeOldSockets(launch.paths.data);
    const logStart = statSync(launch.paths.log, { throwIfNoEntry: false })?.size ?? 0;
    const child = launchPostgres(launch, chosen);
    if (await isReady(launch, child)) return { port: chosen, child };
    const said = readFileSync(launch.paths.log, 'utf8').slice(logStart);
    const portTaken =
      /could not bind|Address already in use/.test(said) && ++portAttempts < PORT_ATTEMPTS_MAX;
    // Back ends of a killed server take a moment to notice.
    const stillInUse = /pre-existing shared memory block/.test(said) && attempt < SHARED_MEMORY_ATTEMPTS_MAX;
    if (!portTaken && !stillInUse)
      throw new StartRefused(`The embedded Postgres did not start: ${lastWords(said)}`);
    await sleep(100);
  }
}

/** Fast shutdown, then at once, then by force; resolves when the process is gone. */
export async function stopPostmaster({ child }: Postmaster): Promise<void> {
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const steps = [
    ['SIGINT', FAST_STOP_MS_MAX],
    ['SIGQUIT', QUICK_STOP_MS_MAX],
    ['SIGKILL', QUICK_STOP_MS_MAX],
  ] as const;
  for (const [signal, waitMs] of steps) {
    if (hasEnded()) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const patience = new AbortController();
    await Promise.race([ended, sleep(waitMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
  }
}

/**
 * The folder of the server's Unix socket, which costs half of what TCP does: the data folder, whose owner alone may
 * enter. null: the loopback is all there is, on Windows and where the path is too long for an address.
 */
export function socketFolder({ data }: ClusterPaths): string | null {
  const path = join(data, '.s.PGSQL.65535');
  return process.platform === 'win32' || Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX ? null : data;
}

/** A server that was killed leaves its socket, and the next one has another port and so another name for it. */
function removeOldSockets(data: string): void {
  for (const name of readdirSync(data))
    if (name.startsWith('.s.PGSQL.')) rmSync(join(data, name), { force: true });
}

function launchPostgres(launch: Launch, port: number): ChildProcess {
  const folder = socketFolder(launch.paths);
  const unix_socket_directories = folder === null ? '' : `"${folder.replaceAll('"', '""')}"`;
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories, ...launch.settings });
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { file, args, ids } = launch.account.command(launch.program, [
    '-D',
    launch.paths.data,
    '-p',
    String(port),
    ...flags,
  ]);
  const logFile = openSync(launch.paths.log, 'a', 0o600);
  try {
    // A session of its own: Ctrl-C reaches every process of the terminal, and the engine drains before Postgres stops.
    const stdio = ['ignore', logFile, logFile] as const;
    const child = spawn(file, args, {
      ...ids,
      cwd: launch.paths.data,
      env: { ...postgresEnv(), ...launch.env },
      detached: true,
      stdio: [...stdio],
    });
    child.once('error', (error) => launch.log(`Postgres could not be run: ${error.message}`));
    return child;
  } finally {
    closeSync(logFile);
  }
}

/** False when the process ended instead. */
async function isReady(launch: Launch, child: ChildProcess): Promise<boolean> {
  const began = Date.now();
  let told = began;
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    if (statusOf(launch.paths.data, child.pid) === 'ready') return true;
    if (Date.now() - told > 5_000) {
      told = Date.now();
      launch.log('Postgres is not ready yet; after a crash it first recovers what was committed');
    }
    if (Date.now() - began > READY_MS_MAX) {
      child.kill('SIGQUIT');
      return false;
    }
    await sleep(10);
  }
  return false;
}

/** The last line of `postmaster.pid`, as pg_ctl reads it. */
function statusOf(data: string, pid: number): string | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return lines[0] === String(pid) ? lines[7]?.trim() : undefined;
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function rotateLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(path, `${path}.1`);
}

/** What tells why it ended, out of what stands in its log. */
export function lastWords(said: string): string {
  const telling = said.split('\n').filter((line) => /FATAL|PANIC|ERROR|error/.test(line));
  return (telling.length > 0 ? telling : said.trim().split('\n')).slice(-3).join(' ') || 'it said nothing';
}
