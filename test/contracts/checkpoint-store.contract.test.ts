// What workers rely on when they keep their place in the log, in memory and in Postgres.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryCheckpointStore } from '../../src/adapters/memory/memory-checkpoint-store.ts';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresCheckpointStore } from '../../src/adapters/postgres/postgres-checkpoint-store.ts';
import type { CheckpointStore } from '../../src/ports/checkpoint-store.ts';
import { Fault } from '../../src/ports/fault.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let open: Database;
beforeAll(async () => {
  database = await createDatabase();
  open = openDatabase(database.url, { poolMax: 5 });
  await migrate(open.db);
});
afterAll(async () => {
  await open.close();
  await database.drop();
});

describe.each<[string, () => CheckpointStore]>([
  ['in memory', () => new MemoryCheckpointStore()],
  ['in Postgres', () => new PostgresCheckpointStore(open.db)],
])('a checkpoint store %s', (_, make) => {
  it('begins at 0, and gives back what was saved', async () => {
    const store = make();
    expect(await store.load('nobody')).toBe(0);
    await store.save('worker', 42);
    expect(await store.load('worker')).toBe(42);
    expect(await store.load('other')).toBe(0);
  });

  it('never goes back, whoever saves last', async () => {
    const store = make();
    const positions = [7, 9_007_199_254_740_991, 3, 12];
    await Promise.all(positions.map((position) => store.save('many', position)));
    expect(await store.load('many')).toBe(9_007_199_254_740_991);
  });
});

it('a checkpoint store without its database says so by a Fault', async () => {
  const gone = openDatabase(database.url.replace(/\/test_[^/]*$/, '/test_nowhere'), { poolMax: 1 });
  const store = new PostgresCheckpointStore(gone.db);
  await expect(store.load('worker')).rejects.toThrow(Fault);
  await expect(store.save('worker', 1)).rejects.toThrow(Fault);
  await gone.close();
});
