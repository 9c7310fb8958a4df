// A first start that does not get as far as "ready": nobody loses a key by it, and it ends when it is asked to.
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresImportStore } from '../../src/adapters/postgres/postgres-import-store.ts';
import { RoleProcess } from '../distributed/role-process.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { freePorts } from '../support/servers/free-ports.ts';

const ADMIN = /administrator's API key, shown this once: (fs_live_\S+)/;
const READY = /Fairseat is ready at (http:[/\d.:]+)/;
const DEMO = /demo organiser's API key, shown this once: (fs_live_\S+)/;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  return () => database.drop();
});

const settings = (more: Record<string, string> = {}): Record<string, string> => ({
  PROFILE: 'embedded',
  DATABASE_URL: database.url,
  LOG_LEVEL: 'info',
  ...more,
});

test('a port that is taken is found before anything is made: the next start shows the keys', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const taken = String((other.address() as AddressInfo).port);
  const refused = RoleProcess.start('start', settings({ PORT: taken }));
  await expect(refused).rejects.toThrow(
    new RegExp(`^(?![\\s\\S]*shown this once)[\\s\\S]*PORT is ${taken}, which another program`),
  );
  other.close();
});

test('while the demo loads, a worker is alive and says what it waits for', async () => {
  const own = await createDatabase();
  const [port] = await freePorts(1);
  const worker = await RoleProcess.start(
    'worker',
    settings({
      PROFILE: 'distributed',
      DATABASE_URL: own.url,
      KAFKA_BROKERS: '127.0.0.1:9',
      PORT: String(port),
    }),
    DEMO,
  );
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  expect((await ask('/healthz')).status).toBe(200);
  const readyz = await ask('/readyz');
  expect(readyz.status).toBe(503);
  expect(await readyz.text()).toContain('The demo is being loaded');
  expect(await worker.end()).toBe(0);
  await own.drop();
});

test('asked to stop while the demo loads it stops with 0, and the keys were shown', async () => {
  const [port] = await freePorts(1);
  const loading = await RoleProcess.start('start', settings({ PORT: String(port) }), DEMO);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  await expect(fetch(`http://127.0.0.1:${port}/v1/events`)).rejects.toThrow('fetch failed');
  expect(await loading.end('SIGTERM'), loading.said).toBe(0);
  expect(loading.said).toMatch(ADMIN);
  expect(loading.said).not.toContain('is ready');

  const again = await RoleProcess.start('start', settings(), READY);
  expect(again.said).toContain('The demo is there');
  expect(again.said).not.toContain('shown this once');
  const [, key = ''] = ADMIN.exec(loading.said) ?? [];
  const keys = await fetch(`${again.url}/v1/api-keys`, { headers: { authorization: `Bearer ${key}` } });
  expect(keys.status).toBe(200);
  expect(await again.end()).toBe(0);
});

test('asked to stop while another process loads the demo it stops with 0 too', async () => {
  const own = await createDatabase();
  const other = openDatabase(own.url, { poolMax: 2 });
  await migrate(other.db);
  const loaded = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const loading = new PostgresImportStore(other.db).exclusively('demo', () => {
    begun.resolve();
    return loaded.promise;
  });
  await begun.promise;
  const waiting = await RoleProcess.start('start', settings({ DATABASE_URL: own.url, PORT: '0' }), DEMO);
  expect(await waiting.end('SIGTERM'), waiting.said).toBe(0);
  loaded.resolve();
  await loading;
  await other.close();
  await own.drop();
});
