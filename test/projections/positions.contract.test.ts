import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { Positions } from '../../src/projections/positions.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { openReadModels, type ReadModels } from './read-models.ts';

let models: ReadModels;
beforeAll(async () => {
  models = await openReadModels();
  await sql`insert into projections (name, generation, version, status, position) values ('holds', 1, 1, 'live', 7), ('shows', 1, 1, 'live', 5)`.execute(
    models.db,
  );
});
afterAll(() => models.close());

describe('waiting for a position', () => {
  test('where another process projects, the registry is asked', async () => {
    const positions = new Positions(models.db, systemClock);
    expect(await positions.waitFor(['holds', 'shows'], 5, 0)).toBe(5);
    expect(await positions.waitFor(['holds'], 0, 0)).toBe(7);
    const waiting = positions.waitFor(['shows', 'holds'], 7, 5_000);
    await sql`update projections set position = 8 where name = 'shows'`.execute(models.db);
    expect(await waiting).toBe(7);
  });

  test('what a crash of the database took back was not reached', async () => {
    const positions = new Positions(models.db, systemClock);
    await sql`update projections set position = 20 where name = 'holds'`.execute(models.db);
    expect(await positions.waitFor(['holds'], 20, 0)).toBe(20);
    await sql`update projections set position = 15 where name = 'holds'`.execute(models.db);
    await systemClock.sleep(50);
    expect(await positions.waitFor(['holds'], 20, 0)).toBe(15);
    positions.standsAt('holds', 12);
    expect(positions.positionOf('holds')).toBe(12);
  });

  test('where this process projects, whoever waits is woken at once, and time runs out', async () => {
    const positions = new Positions(models.db, systemClock);
    positions.follow('venues', true);
    positions.advance('venues', 3);
    expect(await positions.waitFor(['venues'], 4, 30)).toBe(3);
    let hurried = 0;
    positions.onWanted('venues', () => (hurried += 1));
    const many = Array.from({ length: 1_000 }, () => positions.waitFor(['venues'], 4, 5_000));
    expect(positions.isWanted('venues')).toBe(true);
    positions.advance('venues', 4);
    expect(new Set(await Promise.all(many))).toEqual(new Set([4]));
    expect([positions.isWanted('venues'), hurried > 0]).toEqual([false, true]);
    positions.advance('venues', 2);
    expect(positions.positionOf('venues')).toBe(4);
  });

  // Seed 472 of the distributed world: a stop, which waits for the views, went on for half an hour.
  test('nobody waits for longer because the clock is put back meanwhile', async () => {
    const clock = new VirtualClock(0);
    const positions = new Positions(models.db, clock);
    positions.follow('venues', true);
    let reached: number | null = null;
    void positions.waitFor(['venues'], 9, 1_000).then((position) => (reached = position));
    clock.putMs = -3_600_000;
    await clock.pass(1_000);
    expect(reached).toBe(0);
  });
});
