import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { StartRefused } from '../../src/ports/start-refused.ts';
import { assertMadeFrom, forgetViews, nameOfRunning } from '../../src/projections/origin.ts';
import { Projector } from '../../src/projections/projector.ts';
import { openReadModels, projectionsOf, projectAll, rowsOf, type ReadModels } from './read-models.ts';
import { idFor, smallSeason } from './season.ts';

let models: ReadModels;
beforeEach(async () => {
  models = await openReadModels();
});
afterEach(() => models.close());

const emptyLog = () => new MemoryEventLog(systemClock);

async function logWith(name: string): Promise<MemoryEventLog> {
  const log = emptyLog();
  const [id, commandId] = [idFor(name), idFor(`command of ${name}`)];
  const metadata = {
    commandId,
    requestHash: '',
    actor: 'test',
    correlationId: id,
    causationId: commandId,
    at: '',
  };
  await log.append(`show-${id}`, -1, [{ id, type: 'ShowPublished', data: {}, metadata }]);
  return log;
}

describe('the log that views were made from', () => {
  test('is noted when it has a first event, and is the only one they go with', async () => {
    const [ours, another] = [await logWith('Ours'), await logWith('Another')];
    expect(await assertMadeFrom(models.db, emptyLog())).toBe(false);
    expect(await assertMadeFrom(models.db, ours)).toBe(true);
    expect(await assertMadeFrom(models.db, ours)).toBe(true);
    await expect(assertMadeFrom(models.db, another)).rejects.toThrow(StartRefused);
    await expect(assertMadeFrom(models.db, emptyLog())).rejects.toThrow('made from another event log');
  });

  test('is not an empty one where views have come further', async () => {
    const { season } = await smallSeason(emptyLog());
    await projectAll(models.db, season);
    await expect(assertMadeFrom(models.db, emptyLog())).rejects.toThrow(StartRefused);
  });

  test('is not forgotten while a process runs on the views, and which one is said', async () => {
    const { season } = await smallSeason(emptyLog());
    await projectAll(models.db, season);
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from read.events`.execute(models.db);
    const relay = openDatabase(models.url, { poolMax: 1, applicationName: nameOfRunning('relay') });
    await sql`select 1`.execute(relay.db);
    await expect(forgetViews(models.db)).rejects.toThrow('"fairseat relay" runs on this database');
    const after = await sql<{ n: number }>`select count(*)::int as n from read.events`.execute(models.db);
    expect(after.rows).toEqual(rows);
    await relay.close();
    await expect.poll(() => forgetViews(models.db), { timeout: 10_000 }).toBe(undefined);
  });

  test('is not forgotten while a view is rebuilt, and which one is said', async () => {
    const log = emptyLog();
    const { season } = await smallSeason(log);
    await projectAll(models.db, season);
    const [begun, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const readAll = log.readAll.bind(log);
    log.readAll = async (...asked) => {
      begun.resolve();
      await letGo.promise;
      return readAll(...asked);
    };
    const parts = { db: models.db, log, clock: systemClock, projections: projectionsOf(season) };
    const rebuilding = new Projector(parts).rebuild('holds', { batchSize: 1 });
    await begun.promise;
    await expect(forgetViews(models.db)).rejects.toThrow('"holds" is being rebuilt');
    letGo.resolve();
    await rebuilding;
    await forgetViews(models.db);
  });

  test('can be another one once the views are forgotten, and they are made anew from that', async () => {
    const { season: before } = await smallSeason(emptyLog());
    await projectAll(models.db, before);
    await assertMadeFrom(models.db, before.log);
    const { season, shows } = await smallSeason(emptyLog());
    await season.hold(shows[0]!, 'after', { best: 1 });

    await forgetViews(models.db);
    const { rows } =
      await sql`select schema_name from information_schema.schemata where schema_name like '%\\_g1'`.execute(
        models.db,
      );
    expect(rows).toEqual([]);

    expect(await assertMadeFrom(models.db, season.log)).toBe(true);
    const projector = new Projector({
      db: models.db,
      log: season.log,
      clock: systemClock,
      projections: projectionsOf(season),
    });
    await projector.start();
    const all = await season.log.lastPosition();
    expect(await projector.positions.waitFor(['holds', 'shows'], all, 60_000)).toBe(all);
    expect(await rowsOf(models.db, 'holds', 'id')).toMatchObject([{ id: idFor('hold after') }]);
    await projector.stop();
  });
});
