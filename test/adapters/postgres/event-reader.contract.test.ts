// Reading through the whole log for a few events: piece by piece, and never in the way of who loads a stream.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openPool } from '../../../src/adapters/postgres/database.ts';
import { EventReader } from '../../../src/adapters/postgres/event-reader.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { ReadAllOptions } from '../../../src/ports/event-log.ts';
import { newEvent, newStream, positionsOf } from '../../contracts/event-log/sample-events.ts';
import { logDatabase } from './event-log-database.ts';

test('events of some types are found over many pieces of the log, exactly as many as asked for', async () => {
  const database = await logDatabase();
  const log = database.openLog();
  const types = ['Rare', 'Usual', 'Usual', 'Usual', 'Usual', 'Rare', 'Usual', 'Rare', 'Usual', 'Usual'];
  await log.append(
    newStream(),
    -1,
    types.map((type) => newEvent({}, type)),
  );
  const pool = openPool(database.url, { poolMax: 1 });
  try {
    const reader = new EventReader(pool, { scanPositionsMax: 2 });
    const rare = async (after: number, limit: number) =>
      positionsOf(await reader.readAll(after, limit, { types: ['Rare'] }));
    expect(await rare(0, 100)).toEqual([1, 6, 8]);
    expect(await rare(0, 2)).toEqual([1, 6]);
    expect(await rare(6, 100)).toEqual([8]);
    expect(await rare(8, 100)).toEqual([]);
    expect(await rare(500, 100)).toEqual([]);
  } finally {
    await pool.end();
  }
});

test('what is long comes in pages that memory holds, to who can do with fewer than asked for', async () => {
  const database = await logDatabase();
  const log = database.openLog();
  const stream = newStream();
  const long = Array.from({ length: 12 }, () =>
    newEvent({ text: randomBytes(750_000).toString('base64') }, 'Long'),
  );
  for (let n = 0; n < 12; n += 6) await log.append(stream, n - 1, long.slice(n, n + 6));
  const sizes = async (options: ReadAllOptions, limit = 100) => {
    const found: number[] = [];
    for (let [after, page] = [0, [] as RecordedEvent[]]; after < 12; after = page.at(-1)!.position) {
      page = await log.readAll(after, limit, options);
      expect(positionsOf(page)).toEqual(page.map((_, n) => after + 1 + n));
      found.push(page.length);
    }
    return found;
  };
  for (const only of [
    {},
    { types: ['Long'] },
    { streams: [stream] },
    { types: ['Long'], streams: [stream] },
  ]) {
    expect(await sizes({ ...only, fewerIfLong: true })).toEqual([8, 4]);
    expect(await sizes({ ...only, fewerIfLong: true }, 5)).toEqual([5, 5, 2]);
    expect(await sizes(only)).toEqual([12]);
    expect(await log.readAll(12, 100, { ...only, fewerIfLong: true })).toEqual([]);
  }
  const pool = openPool(database.url, { poolMax: 1 });
  const pieces = new EventReader(pool, { scanPositionsMax: 2 });
  expect(await pieces.readAll(0, 100, { types: ['Long'], fewerIfLong: true })).toHaveLength(8);
  await pool.end();
});

test('who reads through the log takes no connection from who loads a stream', async () => {
  const database = await logDatabase();
  const log = database.openLog();
  const stream = newStream();
  await log.append(stream, -1, [newEvent({}, 'Rare')]);
  const postgres = await database.connect();
  const lanes = async () => {
    const { rows } = await postgres.query<{ lane: string; n: number }>(
      `select application_name as lane, count(*)::int as n from pg_stat_activity
       where datname = current_database() and application_name ~ 'log (read|scan)' group by 1 order by 1`,
    );
    return rows;
  };
  await Promise.all(Array.from({ length: 20 }, () => log.readAll(0, 10, { types: ['Rare'] })));
  expect(await lanes()).toEqual([{ lane: 'fairseat log scan', n: 3 }]);
  for await (const page of log.readStream(stream, 0)) expect(page).toHaveLength(1);
  expect(await lanes()).toContainEqual({ lane: 'fairseat log read', n: 1 });
});
