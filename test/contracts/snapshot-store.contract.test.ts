// What every snapshot store promises: the newest by revision comes back as it was given, or nothing.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemorySnapshotStore } from '../../src/adapters/memory/memory-snapshot-store.ts';
import { openEventStoreDb, type EventStoreDb } from '../../src/adapters/eventstoredb/eventstoredb.ts';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresSnapshotStore } from '../../src/adapters/postgres/postgres-snapshot-store.ts';
import type { SnapshotStore } from '../../src/ports/snapshot-store.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startEventStore } from '../support/servers/servers.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

/** A server of EVENTSTORE_URL is the same in the next run. */
const run = randomUUID();
let database: Database;
let created: TestDatabase;
let server: RunningServer;
let eventStore: EventStoreDb;

beforeAll(async () => {
  created = await createDatabase();
  database = openDatabase(created.url, { poolMax: 4 });
  await migrate(database.db);
  server = await startEventStore();
  eventStore = openEventStoreDb(server.url);
});
afterAll(async () => {
  await eventStore?.log.close();
  await server?.stop();
  await database?.close();
  await created?.drop();
});

const adapters: [string, () => SnapshotStore][] = [
  ['memory', () => new MemorySnapshotStore()],
  ['Postgres', () => new PostgresSnapshotStore(database.db)],
  ['EventStoreDB', () => eventStore.snapshots],
];

describe.each(adapters)('snapshots in %s', (adapter, open) => {
  const stream = (name: string) => `show-${adapter}-${run}-${name}`;

  test('are null for a stream without one', async () => {
    expect(await open().load(stream('none'))).toBeNull();
  });

  test('come back as they were saved', async () => {
    const store = open();
    const state = {
      seats: 'AAEC',
      holds: [['h', { until: 5, note: 'é\u0001\u2028"\\' }]],
      none: null,
      big: 'x'.repeat(3_000_000),
    };
    await store.save(stream('one'), { revision: 7, version: 3, state });
    expect(await store.load(stream('one'))).toEqual({ revision: 7, version: 3, state });
  });

  test('are replaced by newer ones and by another version at the same revision, never by older ones', async () => {
    const store = open();
    const save = (revision: number, version: number) =>
      store.save(stream('two'), { revision, version, state: { revision, version } });
    await save(5, 1);
    await save(4, 1);
    expect(await store.load(stream('two'))).toMatchObject({
      revision: 5,
      version: 1,
      state: { revision: 5 },
    });
    await save(5, 2);
    expect(await store.load(stream('two'))).toMatchObject({ revision: 5, version: 2 });
    await save(9, 2);
    expect(await store.load(stream('two'))).toMatchObject({ revision: 9, state: { revision: 9 } });
  });

  test('saved at the same time leave the newest', async () => {
    const store = open();
    const revisions = [3, 9, 1, 7, 5];
    await Promise.all(
      revisions.map((revision) => store.save(stream('three'), { revision, version: 1, state: revision })),
    );
    expect(await store.load(stream('three'))).toEqual({ revision: 9, version: 1, state: 9 });
  });

  test('are serialised before the store first waits: the state may change at once', async () => {
    const store = open();
    const state = { taken: ['A'] };
    const saving = store.save(stream('four'), { revision: 1, version: 1, state });
    state.taken.push('B');
    await saving;
    expect(await store.load(stream('four'))).toMatchObject({ state: { taken: ['A'] } });
  });
});

test('a database that cannot be reached is a Fault', async () => {
  const away = openDatabase('postgres://nobody@127.0.0.1:1/none', { poolMax: 1 });
  const store = new PostgresSnapshotStore(away.db);
  await expect(store.load('show-1')).rejects.toMatchObject({ code: 'DatabaseUnavailable' });
  await expect(store.save('show-1', { revision: 1, version: 1, state: {} })).rejects.toMatchObject({
    code: 'DatabaseUnavailable',
  });
  await away.close();
});

test('snapshots on EventStoreDB are never seen in the log', async () => {
  const { log, snapshots } = eventStore;
  await log.now();
  const stream = `show-${run}-hidden`;
  await snapshots.save(stream, { revision: 0, version: 1, state: {} });
  const seen = await log.readAll(0, 100_000);
  expect(seen.filter((event) => /^[$_]/.test(event.stream))).toEqual([]);
  expect(await log.append(stream, -1, [])).toMatchObject({ kind: 'appended', revision: -1 });
});
