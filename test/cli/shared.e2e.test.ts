// Several commands at once on a data folder whose engine is stopped: they share the Postgres that the first one starts, and
// it stays until the last one is done.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { runningEmbeddedPostgres } from '../../src/adapters/postgres/embedded/running.ts';
import { isDataDirHeld } from '../../src/adapters/system/data-dir-lock.ts';
import { RoleProcess } from '../distributed/role-process.ts';
import { temporaryFolder } from '../support/temp-folder.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');
const FEED = path.resolve(import.meta.dirname, '../fixtures/provider-feed/1.xml');
const TIMEOUT = { timeout: 120_000 };
const WAITS = /^fairseat: Another command works on the Postgres that this one has started.+\n$/;

function fairseat(DATA_DIR: string, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], DATA_DIR } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  const outcome = Promise.all([once(child, 'close'), text(child.stdout)]);
  return {
    child,
    said: () => said,
    ended: outcome.then(([[code], out]) => ({ code: code as number, out, said })),
  };
}

/** An import, and its provider, who is asked when its work begins. */
async function provided(dataDir: string) {
  const { promise: asked, resolve } = Promise.withResolvers<ServerResponse>();
  const provider = createServer((_, response) => resolve(response));
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  onTestFinished(() => {
    provider.closeAllConnections();
    provider.close();
  });
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`;
  return { asked, command: fairseat(dataDir, 'import', '--allow-private', url) };
}

/** An import that is under way until its feed is given. */
async function importing(dataDir: string) {
  const { asked, command } = await provided(dataDir);
  const response = await Promise.race([asked, command.ended]);
  if (!('end' in response)) throw new Error(`the import ended: ${response.said}`);
  return {
    ...command,
    giveFeed: () => response.writeHead(200, { 'Content-Type': 'application/xml' }).end(readFileSync(FEED)),
  };
}

/** Works beside the command that has started the Postgres, as another one does. */
async function another(dataDir: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const running = await vi.waitUntil(() => runningEmbeddedPostgres(dataDir), { timeout: 30_000 });
  const client = new pg.Client({ connectionString: running.url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
    await running.leave();
  }
}

it('who has started the Postgres waits for another command, which is done as ever', TIMEOUT, async () => {
  const dataDir = temporaryFolder();
  const first = await importing(dataDir);
  const second = await importing(dataDir);
  first.giveFeed();
  await expect.poll(first.said, { timeout: 30_000 }).toMatch(WAITS);
  const { code, said } = await fairseat(dataDir, 'projections', 'rebuild', 'all', '--json').ended;
  expect([code, said.includes('Another command')]).toEqual([0, false]);
  second.giveFeed();
  expect(await second.ended).toMatchObject({ code: 0, said: '' });
  expect(await first.ended).toMatchObject({ code: 0 });
  expect(await isDataDirHeld(dataDir)).toBe(false);
});

it('many commands that begin at once on a stopped folder are all done', TIMEOUT, async () => {
  const dataDir = temporaryFolder();
  await fairseat(dataDir, 'import', FEED).ended;
  const asked = [
    ['log', 'export'],
    ['doctor'],
    ['projections', 'rebuild', 'all'],
    ['import', FEED],
    ['projections', 'list'],
  ];
  const ended = await Promise.all(asked.map((args) => fairseat(dataDir, ...args).ended));
  expect(ended.map(({ code, said }) => (code === 0 ? '' : said))).toEqual(asked.map(() => ''));
  expect(ended.some(({ said }) => said.includes('    at '))).toBe(false);
  expect(await isDataDirHeld(dataDir)).toBe(false);
});

it('a signal ends what a command does itself, and not the others on its Postgres', TIMEOUT, async () => {
  const dataDir = temporaryFolder();
  const first = await importing(dataDir);
  const second = await importing(dataDir);
  first.child.kill('SIGINT');
  await expect.poll(first.said, { timeout: 30_000 }).toMatch(WAITS);
  second.giveFeed();
  expect(await second.ended).toMatchObject({ code: 0, said: '' });
  expect(await first.ended).toMatchObject({ code: 130 });
});

it('a signal before the work has begun lets it begin no more', TIMEOUT, async () => {
  const dataDir = temporaryFolder();
  await fairseat(dataDir, 'import', FEED).ended;
  const before = await importing(dataDir);
  await another(dataDir, async (client) => {
    await client.query('alter table kysely_migration rename to done');
    await client.query('create view kysely_migration as select done.* from done, pg_sleep(3)');
    before.giveFeed();
  });
  await before.ended;
  const { asked, command } = await provided(dataDir);
  let begun = false;
  void asked.then(() => (begun = true));
  await another(dataDir, async (client) => {
    const looks = async () => {
      const found = await client.query(
        "select 1 from pg_stat_activity where state = 'active' and query like '%from kysely_migration%' and pid <> pg_backend_pid()",
      );
      return found.rowCount;
    };
    await expect.poll(looks, { timeout: 30_000 }).toBe(1);
    command.child.kill('SIGINT');
    await expect.poll(command.said, { timeout: 30_000 }).toMatch(WAITS);
    await expect.poll(looks, { timeout: 30_000 }).toBe(0);
    await sleep(1_500);
  });
  expect(await command.ended).toMatchObject({ code: 130, out: '' });
  expect(begun).toBe(false);
});

it('a second signal ends everything, of which the others speak in a sentence', TIMEOUT, async () => {
  const dataDir = temporaryFolder();
  const first = await importing(dataDir);
  const second = await importing(dataDir);
  first.child.kill('SIGINT');
  await expect.poll(first.said, { timeout: 30_000 }).toMatch(WAITS);
  first.child.kill('SIGINT');
  expect(await first.ended).toMatchObject({ code: 130 });
  await expect.poll(() => isDataDirHeld(dataDir)).toBe(false);
  second.giveFeed();
  const { code, said } = await second.ended;
  expect([code, said]).toEqual([1, expect.stringMatching(/^fairseat: .+/m)]);
  expect(said).not.toContain('    at ');
});

it('kill -9 of another command ends the waiting for it', TIMEOUT, async () => {
  const dataDir = temporaryFolder();
  const first = await importing(dataDir);
  const second = await importing(dataDir);
  first.giveFeed();
  await expect.poll(first.said, { timeout: 30_000 }).toMatch(WAITS);
  second.child.kill('SIGKILL');
  expect(await first.ended).toMatchObject({ code: 0 });
});

it('log tail is not waited for', TIMEOUT, async () => {
  const dataDir = temporaryFolder();
  await fairseat(dataDir, 'import', FEED).ended;
  const first = await importing(dataDir);
  const tail = fairseat(dataDir, 'log', 'tail', '--after', '0');
  await once(tail.child.stdout, 'data');
  first.giveFeed();
  expect(await first.ended).toMatchObject({ code: 0, said: '' });
  expect(await tail.ended).toMatchObject({ code: 1, said: expect.stringContaining('has stopped') });
});

it('a stop of the engine does not wait for a command beside it', TIMEOUT, async () => {
  const DATA_DIR = temporaryFolder();
  const engine = await RoleProcess.start('start', {
    PROFILE: 'embedded',
    DEMO_DATA: 'off',
    LOG_LEVEL: 'info',
    DATA_DIR,
  });
  const command = await importing(DATA_DIR);
  await engine.end();
  command.giveFeed();
  const { code, said } = await command.ended;
  expect([code, said]).toEqual([1, expect.stringMatching(/^fairseat: .+\n$/)]);
});
