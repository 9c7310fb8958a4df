// What a relay rests on so that one of many works: leases, and progress that only the newest holder can move; in memory
// and in Postgres.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryLeaseStore } from '../../src/adapters/memory/memory-lease-store.ts';
import { MemoryRelayProgressStore } from '../../src/adapters/memory/memory-relay-progress-store.ts';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresLeaseStore } from '../../src/adapters/postgres/postgres-lease-store.ts';
import { PostgresRelayProgressStore } from '../../src/adapters/postgres/postgres-relay-progress-store.ts';
import { Fault } from '../../src/ports/fault.ts';
import type { LeaseStore } from '../../src/ports/lease.ts';
import type { RelayProgressStore } from '../../src/ports/relay-progress.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

let database: TestDatabase;
let open: Database;
beforeAll(async () => {
  database = await createDatabase();
  open = openDatabase(database.url, { poolMax: 12 });
  await migrate(open.db);
});
afterAll(async () => {
  await open.close();
  await database.drop();
});

/** So long that a busy machine cannot let it run out by itself. */
const TTL_MS = 600_000;

interface LeasesUnderTest {
  readonly leases: LeaseStore;
  /** Lets so much of the time of every lease be over. */
  readonly pass: (ms: number) => Promise<unknown>;
}

function inMemory(): LeasesUnderTest {
  const clock = new VirtualClock(0);
  return { leases: new MemoryLeaseStore(clock), pass: (ms) => clock.pass(ms) };
}

/** Its clock is that of Postgres, so leases are moved into its past. */
const inPostgres = (): LeasesUnderTest => ({
  leases: new PostgresLeaseStore(open.db),
  pass: (ms) => sql`update leases set until = until - ${ms} * interval '1 millisecond'`.execute(open.db),
});

describe.each<[string, () => LeasesUnderTest]>([
  ['in memory', inMemory],
  ['in Postgres', inPostgres],
])('a lease %s', (_, make) => {
  it('is held by one of twenty who want it at once', async () => {
    const [{ leases }, name] = [make(), randomUUID()];
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (__, n) => leases.acquire(name, `holder ${n}`, TTL_MS)),
    );
    expect(tokens.filter((token) => token !== null)).toEqual([1]);
  });

  it('is free when its time is over, and the next token is greater', async () => {
    const [{ leases, pass }, name] = [make(), randomUUID()];
    const first = await leases.acquire(name, 'first', TTL_MS);
    await pass(TTL_MS / 2);
    expect(await leases.acquire(name, 'second', TTL_MS)).toBeNull();
    await pass(TTL_MS / 2);
    const second = await leases.acquire(name, 'second', TTL_MS);
    expect(second).toBeGreaterThan(first!);
    expect(await leases.renew(name, first!, TTL_MS)).toBe(false);
    await leases.release(name, first!);
    expect(await leases.acquire(name, 'third', TTL_MS)).toBeNull();
  });

  it('lasts for as long as it is renewed in time, and cannot be renewed too late', async () => {
    const [{ leases, pass }, name] = [make(), randomUUID()];
    const token = (await leases.acquire(name, 'holder', TTL_MS))!;
    for (let i = 0; i < 4; i += 1) {
      await pass(TTL_MS / 2);
      expect(await leases.renew(name, token, TTL_MS)).toBe(true);
    }
    await pass(TTL_MS / 2);
    expect(await leases.acquire(name, 'other', TTL_MS)).toBeNull();
    await pass(TTL_MS / 2);
    expect(await leases.renew(name, token, TTL_MS)).toBe(false);
  });

  it('is free at once when it is given back', async () => {
    const [{ leases }, name] = [make(), randomUUID()];
    const token = (await leases.acquire(name, 'holder', TTL_MS))!;
    await leases.release(name, token);
    expect(await leases.acquire(name, 'other', TTL_MS)).toBe(token + 1);
  });
});

describe.each<[string, () => RelayProgressStore]>([
  ['in memory', () => new MemoryRelayProgressStore()],
  ['in Postgres', () => new PostgresRelayProgressStore(open.db, randomUUID())],
])('the progress of a relay %s', (_, make) => {
  it('begins at 0 and gives back what was saved', async () => {
    const store = make();
    expect(await store.load()).toEqual({ position: 0, offsets: [] });
    expect(await store.claim(1)).toEqual({ position: 0, offsets: [] });
    const progress = { position: 9_007_199_254_740_991, offsets: [0, 9_007_199_254_740_991, 3] };
    expect(await store.save(1, progress)).toBe(true);
    expect(await store.load()).toEqual(progress);
    expect(await store.claim(2)).toEqual(progress);
  });

  it('is moved by nobody whose token is smaller than the one that claimed it', async () => {
    const store = make();
    await store.claim(4);
    expect(await store.save(4, { position: 10, offsets: [10] })).toBe(true);
    await store.claim(5);
    expect(await store.save(4, { position: 99, offsets: [99] })).toBe(false);
    expect(await store.claim(4)).toBeNull();
    expect(await store.load()).toEqual({ position: 10, offsets: [10] });
  });

  it('never goes back', async () => {
    const store = make();
    await store.claim(1);
    await store.save(1, { position: 10, offsets: [10] });
    expect(await store.save(1, { position: 9, offsets: [9] })).toBe(false);
    expect((await store.load()).position).toBe(10);
  });
});

it('leases and progress without their database say so by a Fault', async () => {
  const gone = openDatabase(database.url.replace(/\/test_[^/]*$/, '/test_nowhere'), { poolMax: 1 });
  await expect(new PostgresLeaseStore(gone.db).acquire('a', 'b', 1)).rejects.toThrow(Fault);
  await expect(new PostgresRelayProgressStore(gone.db).claim(1)).rejects.toThrow(Fault);
  await gone.close();
});
