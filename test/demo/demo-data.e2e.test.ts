// The demo and the provider's feeds on the real event log: complete, within the time a first start may take, by the
// processor, so that a busy machine does not matter.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import { PostgresImportStore } from '../../src/adapters/postgres/postgres-import-store.ts';
import { demoLoaded, loadDemoData } from '../../src/demo/demo-data.ts';
import { ImportHouse, fixture, typesOf } from '../commands/support/import-house.ts';
import { createDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';

const LOAD_MAX_MS = 20_000;

let database: TestDatabase;
let opened: Database;
let log: PostgresEventLog;
let house: ImportHouse;

beforeAll(async () => {
  database = await createDatabase();
  opened = openDatabase(database.url, { poolMax: 4 });
  await migrate(opened.db);
  log = new PostgresEventLog(database.url);
  house = new ImportHouse({ log, imports: new PostgresImportStore(opened.db) });
});

afterAll(async () => {
  await log.close();
  await opened.close();
  await database.drop();
});

test('the demo is loaded within 20 s of processor time, and a second time adds nothing', async () => {
  house.nowMs = Date.now();
  const started = process.cpuUsage();
  await loadDemoData({ engine: house, nowMs: house.nowMs });
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1_000;
  console.info(`demo loaded in ${Math.round(took)} ms of processor time`);
  expect(took).toBeLessThan(LOAD_MAX_MS);
  expect(await demoLoaded(house)).toBe(true);
  const before = await log.lastPosition();
  await loadDemoData({ engine: house.another(), nowMs: house.nowMs });
  expect(await log.lastPosition()).toBe(before);
});

test('the feeds beside it change what they change, and are answered again after a restart', async () => {
  const id = '11111111-1111-4111-8111-111111111111';
  const first = await house.import(fixture(1), { id });
  expect(first).toMatchObject({ ok: true, replayed: false, value: { created: { events: 3, shows: 3 } } });
  const restarted = new ImportHouse({ log, imports: new PostgresImportStore(opened.db) });
  expect(await restarted.import(fixture(1), { id })).toEqual({ ...first, replayed: true });
  for (const n of [2, 3]) await restarted.imported(fixture(n));
  expect(typesOf(await restarted.showEvents('291', '291'))).toEqual([
    'ShowScheduled',
    'CapacityChanged',
    'CapacityChanged',
    'ShowRescheduled',
  ]);
});
