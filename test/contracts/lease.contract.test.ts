// What a relay rests on so that one of many works: leases, and progress that only the newest holder can move; in memory
// and in Postgres.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryLeaseStore } from '../../src/adapters/memory/memory-lease-store.ts';
import { MemoryRelayProgressStore } from '../../src/adapters/memory/memory-relay-progress-store.ts';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresLeaseStore } from '../../src/adapters/postgres/postgres-lease-store.ts';
import { PostgresRelayProgressStore } from '../../src/adapters/postgres/postgres-relay-progress-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { Fault } from '../../src/ports/fault.ts';
import type { LeaseStore } from '../../src/ports/lease.ts';
import type { RelayProgressStore } from '../../src/ports/relay-progress.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

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

describe.each<[string, () => LeaseStore]>([
  ['in memory', () => new MemoryLeaseStore(systemClock)],
  ['in Postgres', () => new PostgresLeaseStore(open.db)],
])('a lease %s', (_, make) => {
  it('is held by one of twenty who want it at once', async () => {
    const [leases, name] = [make(), randomUUID()];
    const tokens = await Promise.all(
      Array.from({ length: 20 }, (__, n) => leases.acquire(name, `holder ${n}`, 5_000)),
    );
    expect(tokens.filter((token) => token !== null)).toEqual([1]);
  });

  it('is free when its time is over, and the next token is greater', async () => {
    const [leases, name] = [make(), randomUUID()];
    const first = await leases.acquire(name, 'first', 50);
    expect(await leases.acquire(name, 'second', 5_000)).toBeNull();
    await sleep(80);
    const second = await leases.acquire(name, 'second', 5_000);
    expect(second).toBeGreaterThan(first!);
    expect(await leases.renew(name, first!, 5_000)).toBe(false);
    await leases.release(name, first!);
    expect(await leases.acquire(name, 'third', 5_000)).toBeNull();
  });

  it('lasts for as long as it is renewed in time, and cannot be renewed too late', async () => {
    const [leases, name] = [make(), randomUUID()];
    const token = (await leases.acquire(name, 'holder', 400))!;
    for (let i = 0; i < 4; i += 1) {
      await sleep(150);
      expect(await leases.renew(name, token, 400)).toBe(true);
    }
    expect(await leases.acquire(name, 'other', 400)).toBeNull();
    await sleep(450);
    expect(await leases.renew(name, token, 400)).toBe(false);
  });

  it('is free at once when it is given back', async () => {
    const [leases, name] = [make(), randomUUID()];
    const token = (await leases.acquire(name, 'holder', 60_000))!;
    await leases.release(name, token);
    expect(await leases.acquire(name, 'other', 60_000)).toBe(token + 1);
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
