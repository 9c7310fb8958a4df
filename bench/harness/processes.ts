// The servers of a benchmark, each a process of its own: the engine as `npm start` runs it, its baselines, and one
// Postgres that all of them share.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  RESTARTS_MAX,
  RESTARTS_WITHIN_MS,
  startEmbeddedPostgres,
} from '../../src/adapters/postgres/embedded-server.ts';
import type { Disk } from './disk.ts';

/** How often is looked whether a killed Postgres is back. */
const POLL_MS = 5;

export const ADMIN_KEY = 'fs_bench_key_of_no_value_0123456789';

export interface Server {
  readonly url: string;
  readonly pid: number;
  /** Seconds of processor time used so far, its child processes' included. */
  cpuSeconds(): number;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a script with its arguments, which prints its address as the first line that has one. */
export async function startServer(
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<Server> {
  const child = spawn(process.execPath, command, {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Whatever ends the bench ends what it has started.
  const end = () => void child.kill('SIGTERM');
  process.once('exit', end);
  void exited.then(() => process.off('exit', end));
  const url = await addressOf(child);
  return {
    url,
    pid: child.pid!,
    cpuSeconds: () => familySeconds(child.pid!),
    async kill(signal = 'SIGTERM') {
      child.kill(signal);
      await exited;
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`${child.spawnargs.join(' ')} ended with ${code} before it printed its address`)),
    );
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const [url] = /http:\/\/[\w.]+:\d+|esdb:\/\/\S+/.exec(line) ?? [];
      if (url) resolve(url);
    });
  });
}

/** The engine on a database, without demo data and limits; `role`: one of its roles. */
export const startEngine = (
  databaseUrl: string,
  env: Record<string, string> = {},
  role = 'start',
): Promise<Server> =>
  startServer(['src/main.mjs', role], {
    PORT: '0',
    DATABASE_URL: databaseUrl,
    ADMIN_API_KEY: ADMIN_KEY,
    DEMO_DATA: 'off',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'info',
    ...env,
  });

/** Fields of /proc/PID/stat from the third on; none when the process is gone. */
function statOf(pid: number | string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

const TICKS_PER_SECOND = 100;

/** Of a server process, its children, and the children it had. */
export function familySeconds(parent: number): number {
  const children = readdirSync('/proc').filter((name) => statOf(name)[1] === String(parent));
  const own = statOf(parent).slice(11, 15);
  const all = [...own, ...children.flatMap((pid) => statOf(pid).slice(11, 13))];
  return all.reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

export interface BenchPostgres {
  /** A new database; `like`: a copy of another one, which nobody may be connected to. */
  database(name: string, like?: string): Promise<string>;
  drop(name: string): Promise<void>;
  /** Tidies a database as autovacuum would, later. */
  vacuum(name: string): Promise<void>;
  /** Seconds of processor time of all its processes so far. */
  cpuSeconds(): number;
  /** Until its keeper would start it again soon after a crash: after several within a minute it would let a while pass. */
  untilRested(): Promise<void>;
  /** Kills it, and waits until it answers again; ms. Throws where its keeper let a while pass first. */
  crash(): Promise<number>;
  stop(): Promise<void>;
}

/** An embedded Postgres in a temporary folder, with as many databases as are asked for. */
export async function startPostgres({ env }: Disk): Promise<BenchPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'fairseat-bench-'));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  const crashes: number[] = [];
  let said: string[] = [];
  // With a slow disk its start takes longer as well: the shim is in all of its processes.
  const server = await startEmbeddedPostgres({
    dataDir,
    env,
    settings: { max_connections: '200' },
    log: (message) => void said.push(message),
  });
  const postmaster = () => postmasterOf(join(dataDir, 'postgres', 'postmaster.pid'));
  const urlOf = (name: string) => server.socketUrl.replace(/\/\w+$/, `/${name}`);
  return {
    cpuSeconds: () => familySeconds(postmaster()),
    async untilRested() {
      const first = crashes.at(-RESTARTS_MAX);
      if (first !== undefined) await sleep(Math.max(0, first + RESTARTS_WITHIN_MS - performance.now()));
    },
    async crash() {
      said = [];
      const killed = postmaster();
      const began = performance.now();
      process.kill(killed, 'SIGKILL');
      while ([killed, 0].includes(postmaster()) || !(await answers(server.url))) await sleep(POLL_MS);
      crashes.push(performance.now());
      const paused = said.find((message) => /again in \d+ s/.test(message));
      if (paused) throw new Error(`this was no first crash: ${paused}`);
      return crashes.at(-1)! - began;
    },
    async database(name, like = 'template1') {
      await ask(server.url, `CREATE DATABASE ${name} TEMPLATE ${like}`);
      return urlOf(name);
    },
    drop: (name) => ask(server.url, `DROP DATABASE IF EXISTS ${name}`),
    vacuum: (name) => ask(urlOf(name), 'VACUUM ANALYZE'),
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** 0 while there is none. */
const postmasterOf = (pidFile: string): number =>
  existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : 0;

const answers = (url: string): Promise<boolean> =>
  ask(url, 'SELECT 1').then(
    () => true,
    () => false,
  );

async function ask(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
