import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { MakeProjection } from '../../src/projections/all.ts';
import { digestOf } from '../../src/projections/digest.ts';
import type { ParkedStream } from '../../src/projections/parking.ts';
import type { Projection, ProjectionName } from '../../src/projections/projection.ts';
import { Projector, type ProjectorOptions } from '../../src/projections/projector.ts';
import { liveGeneration } from '../../src/projections/registry.ts';
import { openReadModels, projectionsOf, rowsOf, type ReadModels } from './read-models.ts';
import { bustle, idFor, Season, smallSeason } from './season.ts';

let models: ReadModels;
let season: Season;
let shows: string[];
let projectors: Projector[];
let problems: unknown[];
let parked: ParkedStream[];
const ALL: readonly ProjectionName[] = ['venues', 'events', 'shows', 'search', 'availability', 'holds', 'bookings', 'waitlist'];

beforeEach(async () => {
  models = await openReadModels();
  ({ season, shows } = await smallSeason(new MemoryEventLog(systemClock)));
  [projectors, problems, parked] = [[], [], []];
});
afterEach(async () => {
  await Promise.all(projectors.map((projector) => projector.stop()));
  await models.close();
});

function projector(options: Partial<ProjectorOptions> = {}): Projector {
  const made = new Projector({
    db: models.db,
    log: season.log,
    clock: systemClock,
    projections: projectionsOf(season),
    onProblem: (name, error) => problems.push([name, error]),
    onParked: (stream) => parked.push(stream),
    ...options,
  });
  projectors.push(made);
  return made;
}

const changed = (name: ProjectionName, change: (projection: Projection) => Partial<Projection>): Readonly<Record<ProjectionName, MakeProjection>> => {
  const all = projectionsOf(season);
  return { ...all, [name]: () => ({ ...all[name](), ...change(all[name]()) }) };
};

const reached = async (by: Projector, names = ALL): Promise<void> => {
  expect(await by.positions.waitFor(names, season.position, 10_000)).toBeGreaterThanOrEqual(season.position);
};

async function digests(): Promise<string[]> {
  const all: string[] = [];
  for (const name of ALL) all.push(`${name} ${await digestOf(models.db, (await liveGeneration(models.db, name))!)}`);
  return all;
}

describe('following the log', () => {
  test('what was there before the start and what comes later is projected, once each', async () => {
    const running = projector();
    await running.start();
    for (let seed = 1; seed <= 3; seed += 1) await bustle(season, shows, 100, seed);
    await reached(running);
    const seen = await digests();
    expect(running.lag().every((lag) => lag.events === 0 && lag.seconds === 0)).toBe(true);
    for (const name of ALL) expect((await running.rebuild(name, { verify: true })).identical).toBe(true);
    expect(await digests()).toEqual(seen);
  });

  test('a change is visible within 250 ms', async () => {
    const running = projector();
    await running.start();
    await reached(running);
    const waits: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      await season.hold(shows[0]!, `quick ${i}`, { best: 1 });
      const began = performance.now();
      await reached(running, ['holds', 'availability']);
      waits.push(performance.now() - began);
    }
    expect(Math.max(...waits)).toBeLessThan(250);
  });

  test('it goes on where it stopped', async () => {
    const first = projector();
    await first.start();
    await reached(first);
    await first.stop();
    await bustle(season, shows, 60, 4);
    const second = projector();
    await second.start();
    await reached(second);
    expect((await rowsOf<{ revision: number }>(models.db, 'availability', 'show_id')).length).toBe(shows.length);
    expect((await second.rebuild('holds', { verify: true })).identical).toBe(true);
  });

  test('a crash between rows and checkpoint leaves neither, and the batch is done again', async () => {
    let crashes = 0;
    const running = projector({
      projections: changed('holds', (holds) => ({
        async handle(events: readonly RecordedEvent[], handling) {
          await holds.handle(events, handling);
          if ((crashes += 1) <= 3) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(handling.tx);
        },
      })),
    });
    await bustle(season, shows, 80, 5);
    await running.start();
    await reached(running);
    expect(crashes).toBeGreaterThan(3);
    expect(problems.length).toBeGreaterThanOrEqual(3);
    expect((await running.rebuild('holds', { verify: true })).identical).toBe(true);
    expect(parked).toEqual([]);
  });

  test('of two processes one projects and the other stands by; rows are written once, and waiting works in both', async () => {
    const [one, two] = [projector(), projector()];
    await Promise.all([one.start(), two.start()]);
    for (let seed = 1; seed <= 3; seed += 1) await bustle(season, shows, 60, seed);
    await reached(one);
    await reached(two);
    expect(problems).toEqual([]);
    for (const name of ALL) expect((await one.rebuild(name, { verify: true })).identical).toBe(true);
    await one.stop();
    await bustle(season, shows, 60, 9);
    await reached(two);
  });

  test('a process that does not project waits by the registry', async () => {
    const [worker, api] = [projector(), projector()];
    await worker.start();
    await api.start({ run: false });
    await bustle(season, shows, 30, 6);
    await reached(api);
    expect(await api.positions.waitFor(ALL, season.position + 1, 100)).toBe(season.position);
  });
});

describe('poison events', () => {
  test('park their stream in its order, while others move on, and can be taken back', async () => {
    let broken = true;
    const poison = idFor('hold poison');
    const running = projector({
      projections: changed('holds', (holds) => ({
        handle: (events: readonly RecordedEvent[], handling) => {
          if (broken && events.some((e) => e.type === 'SeatsHeld' && (e.data as { holdId: string }).holdId === poison)) throw new TypeError('cannot be handled');
          return holds.handle(events, handling);
        },
      })),
    });
    await running.start();
    await season.hold(shows[0]!, 'before', { best: 1 });
    await season.hold(shows[0]!, 'poison', { best: 1 });
    await season.hold(shows[0]!, 'after', { best: 1 });
    await season.hold(shows[1]!, 'elsewhere', { best: 1 });
    await reached(running);
    await season.hold(shows[0]!, 'much later', { best: 1 });
    await reached(running);
    const held = async () => new Set((await rowsOf<{ id: string }>(models.db, 'holds', 'id')).map((row) => row.id));
    expect(await held()).toEqual(new Set([idFor('hold before'), idFor('hold elsewhere')]));
    expect(parked).toMatchObject([{ projection: 'holds', stream: `show-${shows[0]!}`, type: 'SeatsHeld', error: 'cannot be handled' }]);
    expect(await running.parked()).toMatchObject([{ projection: 'holds', stream: `show-${shows[0]!}` }]);
    expect((await running.list()).find((p) => p.name === 'holds')).toMatchObject({ parkedStreams: 1, rows: 2, lag: 0 });

    await expect(running.retryParked('holds', `show-${shows[0]!}`)).rejects.toThrow('cannot be handled');
    broken = false;
    expect(await running.retryParked('holds', `show-${shows[0]!}`)).toBe(true);
    expect(await running.retryParked('holds', `show-${shows[0]!}`)).toBe(false);
    await season.hold(shows[0]!, 'at last', { best: 1 });
    await reached(running);
    expect((await held()).size).toBe(6);
    expect((await running.rebuild('holds', { verify: true })).identical).toBe(true);
  });

  test('one that the database refuses is parked too', async () => {
    const running = projector();
    await running.start();
    await season.append('event-not-a-uuid-not-a-uuid-not-a-uuid-not-a-u', { type: 'EventPublished', data: {} });
    await season.event('fine');
    await reached(running);
    expect(parked).toMatchObject([{ projection: 'events', stream: 'event-not-a-uuid-not-a-uuid-not-a-uuid-not-a-u' }]);
    expect((await rowsOf<{ title: string }>(models.db, 'events', 'title')).map((row) => row.title)).toContain('fine');
  });
});

describe('rebuilding', () => {
  test('goes on beside the live one while events keep coming, and ends byte-equal', async () => {
    await bustle(season, shows, 300, 7);
    const running = projector();
    await running.start();
    await reached(running);
    let done = false;
    const writing = (async () => {
      for (let seed = 100; !done; seed += 1) {
        await bustle(season, shows, 5, seed);
        await systemClock.sleep(1); // a log in memory never lets others have a turn
      }
    })();
    const progress: number[] = [];
    try {
      for (const name of ['availability', 'holds', 'waitlist', 'shows'] as const) {
        const rebuilt = await running.rebuild(name, { verify: true, batchSize: 50, onProgress: (p) => progress.push(p.done) });
        expect(rebuilt).toMatchObject({ name, generation: 2, identical: true });
      }
    } finally {
      done = true;
      await writing;
    }
    await reached(running);
    expect(progress.length).toBeGreaterThan(0);
    expect((await running.list()).map((p) => [p.name, p.generation, p.status]).filter(([name]) => name === 'holds')).toEqual([['holds', 2, 'live']]);
    const before = await digests();
    for (const name of ALL) await running.rebuild(name);
    expect(await digests()).toEqual(before);
  });

  test('a newer version of a projection is built while the old one serves, then serves itself', async () => {
    const old = projector();
    await old.start();
    await reached(old);
    await old.stop();
    const rebuilt: unknown[] = [];
    const next = projector({ projections: changed('venues', () => ({ version: 2 })), onRebuilt: (r) => rebuilt.push(r) });
    await season.venue('new');
    await next.start();
    expect((await rowsOf(models.db, 'venues', 'id')).length).toBeGreaterThanOrEqual(2);
    await reached(next);
    expect(rebuilt).toMatchObject([{ name: 'venues', generation: 2 }]);
    expect((await rowsOf(models.db, 'venues', 'id')).length).toBe(3);
    expect((await liveGeneration(models.db, 'venues'))!.version).toBe(2);
  });

  test('only one process rebuilds a projection at a time', async () => {
    const running = projector();
    await running.start();
    await bustle(season, shows, 100, 8);
    const both = await Promise.allSettled([running.rebuild('holds'), running.rebuild('holds')]);
    expect(both.filter((result) => result.status === 'rejected').map((result) => String(result.reason))).toEqual([expect.stringContaining('being rebuilt')]);
  });

  test('what a crash left half built is finished by the next rebuild', async () => {
    const running = projector();
    await running.start();
    await bustle(season, shows, 200, 10);
    await reached(running);
    const stop = new AbortController();
    await expect(running.rebuild('bookings', { batchSize: 5, signal: stop.signal, onProgress: () => stop.abort() })).rejects.toThrow();
    const left = (await running.list()).find((p) => p.status === 'building')!;
    expect(left.position).toBeGreaterThan(0);
    let from = Infinity;
    const rebuilt = await running.rebuild('bookings', { verify: true, onProgress: (p) => (from = Math.min(from, p.done)) });
    expect(rebuilt).toMatchObject({ generation: 2, identical: true });
    expect(from).toBeGreaterThan(left.position);
  });
});
