import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { PROJECTION_NAMES, schemaOf } from '../../src/projections/projection.ts';
import { liveGeneration } from '../../src/projections/registry.ts';
import { bustle } from './bustle.ts';
import { ProjectorWorld } from './projector-world.ts';
import { rowsOf } from './read-models.ts';
import { idFor } from './season.ts';

let world: ProjectorWorld;

beforeEach(async () => {
  world = await ProjectorWorld.open();
});
afterEach(() => world.close());

describe('rebuilding', () => {
  test('goes on beside the live one while events keep coming, and ends byte-equal', async () => {
    await bustle(world.season, world.shows, 300, 7);
    const running = world.projector();
    await running.start();
    await world.reached(running);
    let done = false;
    const writing = (async () => {
      for (let seed = 100; !done; seed += 1) {
        await bustle(world.season, world.shows, 5, seed);
        await systemClock.sleep(1); // a log in memory never lets others have a turn
      }
    })();
    const progress: number[] = [];
    try {
      for (const name of ['availability', 'holds', 'waitlist', 'shows'] as const) {
        const rebuilt = await running.rebuild(name, {
          verify: true,
          batchSize: 50,
          onProgress: (p) => progress.push(p.done),
        });
        expect(rebuilt).toMatchObject({ name, generation: 2, identical: true });
      }
    } finally {
      done = true;
      await writing;
    }
    await world.reached(running);
    expect(progress.length).toBeGreaterThan(0);
    expect(
      (await running.list())
        .map((p) => [p.name, p.generation, p.status])
        .filter(([name]) => name === 'holds'),
    ).toEqual([['holds', 2, 'live']]);
    const before = await world.digests();
    for (const name of PROJECTION_NAMES) await running.rebuild(name);
    expect(await world.digests()).toEqual(before);
  });

  test('of an empty log ends at once, with no time left to tell of', async () => {
    const left: number[] = [];
    const running = world.projector({ log: new MemoryEventLog(systemClock) });
    await running.start();
    await running.rebuild('shows', { onProgress: ({ secondsLeft }) => left.push(secondsLeft) });
    expect(left.length).toBeGreaterThan(0);
    expect(new Set(left)).toEqual(new Set([0]));
  });

  test('a newer version of a projection is built while the old one serves, then serves itself', async () => {
    const old = world.projector();
    await old.start();
    await world.reached(old);
    await old.stop();
    const rebuilt: unknown[] = [];
    const next = world.projector({
      projections: world.changed('venues', () => ({ version: 3 })),
      onRebuilt: (r) => rebuilt.push(r),
    });
    await world.season.venue('new');
    await next.start();
    expect((await rowsOf(world.db, 'venues', 'id')).length).toBeGreaterThanOrEqual(2);
    await world.reached(next);
    // Told when the old one is dropped: a moment after the new one serves.
    await expect.poll(() => rebuilt).toMatchObject([{ name: 'venues', generation: 2 }]);
    expect((await rowsOf(world.db, 'venues', 'id')).length).toBe(3);
    expect((await liveGeneration(world.db, 'venues'))!.version).toBe(3);
  });

  test('only one process rebuilds a projection at a time', async () => {
    const bothHaveAsked = Promise.withResolvers<void>();
    const running = world.projector({
      projections: world.changed('holds', (holds) => ({
        handle: (events: readonly RecordedEvent[], handling) =>
          bothHaveAsked.promise.then(() => holds.handle(events, handling)),
      })),
    });
    await running.start();
    await bustle(world.season, world.shows, 100, 8);
    const both = [running.rebuild('holds'), running.rebuild('holds')];
    await expect(Promise.race(both)).rejects.toThrow('being rebuilt');
    bothHaveAsked.resolve();
    const ended = await Promise.allSettled(both);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('a lock that could not be given back goes with its session', async () => {
    const deaf = world.db.withPlugin({
      transformQuery({ node }) {
        if (node.kind === 'RawNode' && node.sqlFragments.join().includes('pg_advisory_unlock'))
          throw new Error('Query read timeout');
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const running = world.projector({ db: deaf });
    await running.start();
    await running.rebuild('holds');
    const locks = sql`
      select 1 from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`;
    // The pool may hand out the session that was ended before it hears of it.
    await expect.poll(async () => (await locks.execute(world.db)).rows).toEqual([]);
  });

  test('parks the stream of an event at the end that cannot be handled, and serves', async () => {
    const poison = idFor('hold poison');
    const running = world.projector({
      projections: world.changed('holds', (holds) => ({
        handle: (events: readonly RecordedEvent[], handling) => {
          if (events.some((e) => e.type === 'SeatsHeld' && (e.data as { holdId: string }).holdId === poison))
            throw new TypeError('cannot be handled');
          return holds.handle(events, handling);
        },
      })),
    });
    await running.start();
    await bustle(world.season, world.shows, 20, 12);
    await world.season.hold(world.shows[0]!, 'poison', { best: 1 });
    await world.season.hold(world.shows[1]!, 'elsewhere', { best: 1 });
    await world.reached(running);
    const rebuilt = await running.rebuild('holds', { verify: true });
    expect(rebuilt).toMatchObject({ generation: 2, identical: true });
    // What is told when it happens, the time included, is what is kept.
    expect(await running.parked()).toEqual([
      { ...world.parked[1], projection: 'holds', generation: 2, stream: `show-${world.shows[0]!}` },
    ]);
    expect(world.parked.map(({ generation }) => generation)).toEqual([1, 2]);
  });

  test('what a crash left half built is finished by the next rebuild', async () => {
    const running = world.projector();
    await running.start();
    await bustle(world.season, world.shows, 200, 10);
    await world.reached(running);
    const stop = new AbortController();
    await expect(
      running.rebuild('bookings', { batchSize: 5, signal: stop.signal, onProgress: () => stop.abort() }),
    ).rejects.toThrow();
    const left = (await running.list()).find((p) => p.status === 'building')!;
    expect(left.position).toBeGreaterThan(0);
    let from = Infinity;
    const rebuilt = await running.rebuild('bookings', {
      verify: true,
      onProgress: (p) => (from = Math.min(from, p.done)),
    });
    expect(rebuilt).toMatchObject({ generation: 2, identical: true });
    expect(from).toBeGreaterThan(left.position);
  });

  test('is listed while it puts another generation in place: the tables of the one before may be gone by then', async () => {
    const running = world.projector();
    await running.start();
    await world.reached(running);
    await sql`drop schema ${sql.id(schemaOf({ name: 'venues', generation: 1 }))} cascade`.execute(world.db);
    const listed = (await running.list()).map(({ name }) => name);
    expect(listed).toEqual(PROJECTION_NAMES.filter((name) => name !== 'venues').sort());
  });
});
