// The event log on Postgres beside slow, open and broken transactions of others.
import { describe, expect, test } from 'vitest';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import {
  allAfter,
  eventsOf,
  newEvent,
  newEvents,
  newStream,
} from '../../contracts/event-log/sample-events.ts';
import { holdSlowAppends, logDatabase, waitingForLocks } from './event-log-database.ts';

const positionsOf = (events: readonly { position: number }[]) => events.map((event) => event.position);

describe('beside a deliberately slow append of another process', () => {
  test('a reader of all events never misses one: what comes later is seen after it', async () => {
    const database = await logDatabase();
    const [log, slow] = [database.openLog(), database.openLog()];
    const client = await database.connect();
    const release = await holdSlowAppends(client);
    await log.append(newStream(), NO_STREAM, newEvents(1));
    const stop = new AbortController();
    const seen: number[] = [];
    const following = log.subscribeAll(0, (events) => void seen.push(...positionsOf(events)), {
      signal: stop.signal,
    });

    const slowAppend = slow.append(newStream(), NO_STREAM, [newEvent({}, 'Slow')]);
    await waitingForLocks(client, 1);
    const quickAppend = log.append(newStream(), NO_STREAM, newEvents(1));
    await waitingForLocks(client, 2);
    expect(positionsOf(await allAfter(log, 0))).toEqual([1]);
    expect(seen).toEqual([1]);

    await release();
    expect(await slowAppend).toMatchObject({ position: 2 });
    expect(await quickAppend).toMatchObject({ position: 3 });
    await expect.poll(() => seen).toEqual([1, 2, 3]);
    stop.abort();
    await following;
  });

  test('checks and reads are answered at once', async () => {
    const database = await logDatabase();
    const log = database.openLog();
    const stream = newStream();
    await log.append(stream, NO_STREAM, newEvents(2));
    const client = await database.connect();
    const release = await holdSlowAppends(client);
    const slowAppend = log.append(stream, 1, [newEvent({}, 'Slow')]);
    await waitingForLocks(client, 1);
    for (let round = 0; round < 20; round += 1) {
      expect(await log.append(stream, 1, [])).toMatchObject({ kind: 'appended', revision: 1 });
    }
    expect(await eventsOf(log, stream)).toHaveLength(2);
    await waitingForLocks(client, 1);
    await release();
    expect(await slowAppend).toMatchObject({ kind: 'appended', revision: 2 });
    expect(await log.append(stream, 1, [])).toEqual({ kind: 'conflict', revision: 2 });
  });

  test('an append that fails leaves no gap', async () => {
    const database = await logDatabase();
    const [log, slow] = [database.openLog(), database.openLog()];
    const client = await database.connect();
    const release = await holdSlowAppends(client);
    const cancelled = slow.append(newStream(), NO_STREAM, [newEvent({}, 'Slow')]);
    cancelled.catch(() => {});
    await waitingForLocks(client, 1);
    const quick = log.append(newStream(), NO_STREAM, newEvents(1));
    await waitingForLocks(client, 2);
    await client.query(`select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database()
                           and wait_event_type = 'Lock' and query like '%append_events%'
                           and exists (select from pg_locks l where l.pid = pg_stat_activity.pid and l.objid = 815 and not l.granted)`);
    await expect(cancelled).rejects.toMatchObject({ code: 'EventLogUnavailable', outcome: 'none' });
    expect(await quick).toMatchObject({ position: 1 });
    await release();
  });
});

describe('beside a long-open transaction of another process', () => {
  test('neither writers nor readers nor subscriptions wait for it', async () => {
    const database = await logDatabase();
    const [log, other] = [database.openLog(), database.openLog()];
    const client = await database.connect();
    await client.query('create table beside (n int)');
    await client.query('begin isolation level repeatable read');
    await client.query('insert into beside select count(*) from events');
    const stop = new AbortController();
    const seen: number[] = [];
    const following = other.subscribeAll(0, (events) => void seen.push(...positionsOf(events)), {
      signal: stop.signal,
    });
    for (let n = 1; n <= 5; n += 1) {
      await log.append(newStream(), NO_STREAM, newEvents(1));
      expect(await other.readAll(0, 100)).toHaveLength(n);
    }
    await expect.poll(() => seen).toEqual([1, 2, 3, 4, 5]);
    await client.query('commit');
    stop.abort();
    await following;
  });
});

describe('one append that Postgres refuses', () => {
  test('does not sink the others of its batch', async () => {
    const database = await logDatabase();
    const log = database.openLog();
    const client = await database.connect();
    await client.query(`alter table events add constraint no_poison check (type <> 'Poison')`);
    const blocker = log.append(newStream(), NO_STREAM, newEvents(1));
    const answers = await Promise.allSettled(
      ['A', 'Poison', 'B'].map((type) => log.append(newStream(), NO_STREAM, [newEvent({}, type)])),
    );
    await blocker;
    expect(answers).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { name: 'Error', cause: { code: '23514' } } },
      { status: 'fulfilled' },
    ]);
    expect(positionsOf(await log.readAll(0, 100))).toEqual([1, 2, 3]);
  });
});

test('a database whose transactions are serializable by default changes nothing', async () => {
  const database = await logDatabase();
  const client = await database.connect();
  await client.query(
    `do $$ begin execute format('alter database %I set default_transaction_isolation = serializable', current_database()); end $$`,
  );
  const logs = [database.openLog(), database.openLog(), database.openLog()];
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, n) => logs[n % 3]!.append(newStream(), NO_STREAM, newEvents(1))),
  );
  expect(answers.every((answer) => answer.kind === 'appended')).toBe(true);
  expect(positionsOf(await logs[0]!.readAll(0, 100))).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
});
