// Reading through the whole log for a few events: piece by piece, and never in the way of who loads a stream.
import { expect, test } from 'vitest';
import { openPool } from '../../../src/adapters/postgres/database.ts';
import { EventReader } from '../../../src/adapters/postgres/event-reader.ts';
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
