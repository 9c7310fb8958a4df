// The embedded Postgres against real processes: first start, restarts, crashes of every part, private folders.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-server.ts';
import { signal } from '../../linearizability/world/processes.ts';
import { temporaryFolder } from '../../support/temp-folder.ts';

const serverModule = new URL('../../../src/adapters/postgres/embedded-server.ts', import.meta.url).href;
const said: string[] = [];

/** A DATA_DIR that was started once: a copy of it is quicker than making a database cluster for every test. */
let startedOnce: string;

beforeAll(async () => {
  startedOnce = mkdtempSync(join(tmpdir(), 'fairseat started once '));
  await (await startEmbeddedPostgres({ dataDir: startedOnce, log: console.error })).stop();
});

afterAll(() => rmSync(startedOnce, { recursive: true, force: true }));

function usedFolder(): string {
  const dataDir = temporaryFolder();
  cpSync(startedOnce, dataDir, { recursive: true });
  return dataDir;
}

async function start(dataDir: string) {
  const postgres = await startEmbeddedPostgres({ dataDir, log: (message) => said.push(message) });
  onTestFinished(() => postgres.stop());
  return postgres;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // some tests kill the server under it
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function postmaster(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Every process that works in the data folder. */
function processesIn(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(dataDir);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** An engine in a process of its own, to be killed. */
async function engine(dataDir: string) {
  const code = `import { startEmbeddedPostgres } from ${JSON.stringify(serverModule)};
    const postgres = await startEmbeddedPostgres({ dataDir: process.argv[1], log: console.error });
    console.log(postgres.url);
    setInterval(() => {}, 1000);`;
  const args = ['--input-type=module', '-e', code, dataDir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: url.toString().trim(),
    async kill9(andPostgres: boolean) {
      const victims = andPostgres ? processesIn(dataDir) : [];
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      // The others end by themselves once the first of them has: some may be gone before it is their turn.
      signal(victims, 'SIGKILL');
      await ended;
    },
  };
}

test('makes a database in an empty folder, keeps what is in it, and leaves nothing running', async () => {
  const dataDir = temporaryFolder();
  const first = await start(dataDir);
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
  await first.stop();
  expect(processesIn(dataDir)).toEqual([]);
  const second = await start(dataDir);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('has durable settings, one collation everywhere, and the extensions of the search', async () => {
  const { url } = await start(usedFolder());
  const names = [
    'fsync',
    'synchronous_commit',
    'jit',
    'shared_buffers',
    'max_wal_size',
    'max_connections',
    'TimeZone',
  ];
  const shown = await Promise.all(
    names.map(async (name) => Object.values((await query(url, `SHOW ${name}`))[0] ?? {})[0]),
  );
  expect(shown).toEqual(['on', 'on', 'off', '128MB', '2GB', '50', 'UTC']);
  for (const extension of ['pg_trgm', 'unaccent', 'cube', 'earthdistance', 'btree_gist'])
    await query(url, `CREATE EXTENSION ${extension}`);
  const [row] = await query(
    url,
    `SELECT lower('ÉCIJA') AS small, 'Z' < 'a' AS by_code_point, show_trgm('Écija') AS trigrams`,
  );
  expect(row).toMatchObject({ small: 'écija', by_code_point: true });
  expect(row?.['trigrams']).toHaveLength(6);
});

test('two run side by side', async () => {
  const [a, b] = await Promise.all([start(usedFolder()), start(usedFolder())]);
  expect(new URL(a.url).port).not.toBe(new URL(b.url).port);
});

test('it is reached by its socket too, whatever the folder is called', async () => {
  const { socketUrl } = await start(join(usedFolder(), 'a, "b" c'));
  expect(decodeURIComponent(new URL(socketUrl).hostname)).toContain('a, "b" c');
  const asked = 'SELECT inet_client_addr() IS NULL AS by_socket';
  expect(await query(socketUrl, asked)).toEqual([{ by_socket: true }]);
});

test('a folder too deep for the address of a socket is reached by the loopback', async () => {
  const { socketUrl, url } = await start(join(usedFolder(), 'deep'.repeat(30)));
  expect(socketUrl).toBe(url);
  expect(await query(socketUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a password other than the kept one is refused', async () => {
  const url = new URL((await start(usedFolder())).url);
  url.password = 'guessed';
  await expect(query(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
});

test('a second start on a folder in use is refused and leaves the first alone', async () => {
  const dataDir = usedFolder();
  const first = await start(dataDir);
  await expect(start(dataDir)).rejects.toThrow('is in use by another Fairseat');
  expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('works in a folder that other users cannot pass through', async () => {
  const dataDir = join(temporaryFolder(0o700), 'data');
  const first = await start(dataDir);
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
  await first.stop();
  expect(processesIn(dataDir)).toEqual([]);
  expect(await query((await start(dataDir)).url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
});

test('after kill -9 of the engine alone the Postgres left behind is stopped and its data served', async () => {
  const dataDir = usedFolder();
  const killed = await engine(dataDir);
  await query(killed.url, 'CREATE TABLE kept AS SELECT 1 AS one');
  await killed.kill9(false);
  const orphan = postmaster(dataDir);
  const again = await start(dataDir);
  expect(postmaster(dataDir)).not.toBe(orphan);
  expect(said.at(-1)).toContain(`(process ${orphan}) was left behind`);
  expect(await query(again.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
});

test('after kill -9 of everything what was committed is there again', async () => {
  const dataDir = usedFolder();
  const killed = await engine(dataDir);
  await query(killed.url, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
  await killed.kill9(true);
  expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(true);
  expect(await query((await start(dataDir)).url, 'SELECT count(*)::int AS n FROM kept')).toEqual([
    { n: 1000 },
  ]);
});

test('a postmaster.pid whose pid is another program by now does not keep it from starting', async () => {
  const dataDir = usedFolder();
  await (await start(dataDir)).stop();
  const stranger = spawn('sleep', ['60']);
  onTestFinished(() => void stranger.kill());
  writeFileSync(
    join(dataDir, 'postgres', 'postmaster.pid'),
    `${stranger.pid}\n${dataDir}/postgres\n0\n5432\n\n127.0.0.1\n`,
  );
  await start(dataDir);
  expect(stranger.exitCode).toBeNull();
});

test('a set-up killed half-way is begun again', async () => {
  const dataDir = temporaryFolder();
  mkdirSync(join(dataDir, 'postgres.new', 'data', 'base'), { recursive: true });
  writeFileSync(join(dataDir, 'postgres.new', 'data', 'PG_VERSION'), '18\n');
  expect(await query((await start(dataDir)).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(existsSync(join(dataDir, 'postgres.new'))).toBe(false);
});

test('a Postgres that ends unasked is started again on the same port', async () => {
  const dataDir = usedFolder();
  const { url } = await start(dataDir);
  const before = postmaster(dataDir);
  process.kill(before, 'SIGKILL');
  await expect.poll(() => query(url, 'SELECT 1 AS one').catch(() => [])).toEqual([{ one: 1 }]);
  expect(postmaster(dataDir)).not.toBe(before);
});

test('a Postgres that ends while its database is made is told in a sentence', async () => {
  const dataDir = temporaryFolder();
  const starting = startEmbeddedPostgres({
    dataDir,
    log: (message) => said.push(message),
    // Each commit takes a tenth of a second: long enough to be killed in.
    settings: { log_statement: 'ddl', commit_delay: '100000', commit_siblings: '0' },
  });
  const killing = (async () => {
    const log = join(dataDir, 'postgres.log');
    while (!existsSync(log) || !readFileSync(log, 'utf8').includes('CREATE DATABASE fairseat'))
      await sleep(1);
    signal(processesIn(dataDir), 'SIGKILL');
  })();
  await expect(starting).rejects.toMatchObject({ code: 'DatabaseUnavailable' });
  await killing;
  await expect.poll(() => processesIn(dataDir)).toEqual([]);
  expect(await query((await start(dataDir)).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('data of another version and data without its password are refused in words', async () => {
  const dataDir = usedFolder();
  await (await start(dataDir)).stop();
  rmSync(join(dataDir, 'postgres-password'));
  await expect(start(dataDir)).rejects.toThrow('the password of the embedded Postgres, cannot be read');
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '15\n');
  await expect(start(dataDir)).rejects.toThrow('holds data of Postgres 15');
});
