import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { toIso } from '../../src/domain/decider.ts';
import { categoryViews } from '../../src/domain/show/views.ts';
import { digestOf } from '../../src/projections/digest.ts';
import { liveGeneration } from '../../src/projections/registry.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import {
  openReadModels,
  project,
  projectAll,
  projectionsOf,
  rowsOf,
  type ReadModels,
} from './read-models.ts';
import { bustle, random } from './bustle.ts';
import { idFor, Season, smallSeason, T0 } from './season.ts';

const memoryLog = () => new MemoryEventLog(new VirtualClock(T0));

describe('rows of each projection', () => {
  let models: ReadModels;
  const season = new Season(memoryLog());
  let show: string;

  beforeAll(async () => {
    models = await openReadModels();
    await season.venue('venue', {
      title: 'Palau de la Música',
      city: 'Barcelona',
      lat: 41.3874,
      lon: 2.1686,
    });
    await season.event('event', { title: 'One night', tags: ['a', 'b'], language: 'en' });
    show = await season.schedule('show', { seats: 4, pit: 6 });
    await season.hold(show, 'ann', { seats: ['A-1', 'A-2'] });
    await season.hold(show, 'bob', { seats: ['A-3'], pit: 2 });
    await season.confirm(show, 'bob');
    await season.hold(show, 'dan', { seats: ['A-4'] });
    await season.join(show, 'cat', 2);
    await season.join(show, 'eve', 1);
    await projectAll(models.db, season);
  });
  afterAll(() => models.close());

  test('a venue is as it was last edited', async () => {
    await season.append(`venue-${idFor('venue venue')}`, { type: 'VenueEdited', data: { name: 'Palau' } });
    await projectAll(models.db, season);
    expect(await rowsOf(models.db, 'venues', 'id')).toMatchObject([
      { name: 'Palau', city: 'Barcelona', time_zone: 'Europe/Madrid', lat: 41.3874, version: 1 },
    ]);
  });

  test('an event knows whether it is on public view', async () => {
    expect(await rowsOf(models.db, 'events', 'id')).toMatchObject([
      { title: 'One night', tags: ['a', 'b'], status: 'published', version: 0 },
    ]);
    await season.append(
      `event-${idFor('event event')}`,
      { type: 'EventUnpublished', data: { reason: 'r' } },
      { type: 'EventEdited', data: { description: 'Only once' } },
    );
    await projectAll(models.db, season);
    expect(await rowsOf(models.db, 'events', 'id')).toMatchObject([
      { title: 'One night', description: 'Only once', status: 'draft', version: 4 },
    ]);
  });

  test('what was so already disturbs no view, in the stream of whatever it stands', async () => {
    await season.append(`event-${idFor('event event')}`, { type: 'AlreadySo', data: {} });
    await season.append(`venue-${idFor('venue venue')}`, { type: 'AlreadySo', data: {} });
    await projectAll(models.db, season);
    expect(await rowsOf(models.db, 'availability', 'show_id')).toHaveLength(1);
  });

  test('a show has its times, rules, prices and the names of its categories', async () => {
    expect(await rowsOf(models.db, 'shows', 'id')).toMatchObject([
      {
        id: show,
        hold_ttl_ms: 600_000,
        price_from: 2500,
        currency: 'EUR',
        category_names: ['stalls', 'standing'],
        cancelled: false,
        version: 0,
        starts_at: new Date(T0 + 30 * 86_400_000),
      },
    ]);
  });

  test('availability is what the domain counts, with the revision at which it was so', async () => {
    const [row] = await rowsOf<Record<string, unknown>>(models.db, 'availability', 'show_id');
    const state = season.states.get(show)!;
    expect(row).toMatchObject({
      show_id: show,
      revision: state.revision,
      capacity: 10,
      free: 4,
      held: 3,
      booked: 3,
      blocked: 0,
      waiting: 2,
    });
    expect(row!['categories']).toEqual(categoryViews(state));
  });

  test('a hold that was confirmed says so, and an offer is a hold too', async () => {
    await season.decide(show, {
      kind: 'ReleaseHold',
      holdId: idFor('hold ann'),
      caller: { clientId: 'front', all: true },
    });
    await projectAll(models.db, season);
    expect(await rowsOf(models.db, 'holds', 'revision')).toMatchObject([
      {
        id: idFor('hold ann'),
        status: 'released',
        seats: ['A-1', 'A-2'],
        total: { amount: 5000, currency: 'EUR' },
      },
      { id: idFor('hold bob'), status: 'confirmed', areas: [{ areaId: 'pit', quantity: 2 }] },
      { id: idFor('hold dan'), status: 'live', until: new Date(T0 + 600_000) },
      { id: idFor('hold cat'), status: 'live', entry_id: idFor('entry cat'), customer_id: 'cat' },
    ]);
    expect(await rowsOf(models.db, 'waitlist', 'place')).toMatchObject([
      {
        id: idFor('entry cat'),
        status: 'offered',
        offer: { holdId: idFor('hold cat'), until: toIso(T0 + 600_000) },
      },
      { id: idFor('entry eve'), status: 'waiting', offer: null },
    ]);
  });

  test('one event cancels a show and all that hangs on it', async () => {
    await season.decide(show, { kind: 'CancelShow', reason: 'rain' });
    await projectAll(models.db, season);
    expect(
      (await rowsOf<{ status: string }>(models.db, 'holds', 'revision')).map((row) => row.status),
    ).toEqual(['released', 'confirmed', 'released', 'released']);
    expect(await rowsOf(models.db, 'bookings', 'revision')).toMatchObject([
      { id: idFor('booking bob'), hold_id: idFor('hold bob'), status: 'cancelled' },
    ]);
    expect(await rowsOf(models.db, 'waitlist', 'place')).toMatchObject([
      { status: 'lapsed', offer: null },
      { status: 'lapsed', offer: null },
    ]);
    expect(await rowsOf(models.db, 'availability', 'show_id')).toMatchObject([
      { free: 10, held: 0, booked: 0, waiting: 0 },
    ]);
  });
});

describe('rows are a function of the log', () => {
  test.for([11, 12, 13])('wherever the batches are cut, the rows are byte-equal (seed %i)', async (seed) => {
    const log = memoryLog();
    const { season, shows } = await smallSeason(log);
    await bustle(season, shows, 500, seed);
    await season.append(`event-${idFor('event event')}`, {
      type: 'EventEdited',
      data: { title: 'Elsewhere' },
    });
    await season.append(`venue-${idFor('venue venue')}`, { type: 'VenueEdited', data: { city: 'Ávila' } });
    const next = random(seed);
    const digests: string[][] = [];
    for (const size of [1, 7, 100_000, () => 1 + Math.floor(next() * 60)]) {
      const models = await openReadModels();
      const projections = Object.values(projectionsOf(season)).map((make) => make());
      await project(models.db, log, projections, size);
      const all: string[] = [];
      for (const { name } of projections)
        all.push(`${name} ${await digestOf(models.db, (await liveGeneration(models.db, name))!)}`);
      digests.push(all);
      await expectCountsOfTheDomain(models, season);
      await models.close();
    }
    for (const other of digests.slice(1)) expect(other).toEqual(digests[0]);
  });
});

async function expectCountsOfTheDomain(models: ReadModels, season: Season): Promise<void> {
  const found = await sql<{
    show_id: string;
    revision: number;
    categories: unknown;
  }>`select show_id, revision, categories from read.availability`.execute(models.db);
  expect(found.rows.length).toBe(season.states.size);
  for (const row of found.rows) {
    const state = season.states.get(row.show_id)!;
    expect(row).toEqual({ show_id: row.show_id, revision: state.revision, categories: categoryViews(state) });
  }
  const holds = await sql<{
    id: string;
    show_id: string;
    status: string;
    until: Date;
  }>`select id, show_id, status, until from read.holds`.execute(models.db);
  for (const { id, show_id, status, until } of holds.rows) {
    const hold = season.states.get(show_id)!.holds.get(id)!;
    expect([status, until.getTime()]).toEqual([hold.status, hold.until]);
  }
  const entries = await sql<{
    id: string;
    show_id: string;
    status: string;
  }>`select id, show_id, status from read.waitlist`.execute(models.db);
  for (const { id, show_id, status } of entries.rows)
    expect(status).toBe(season.states.get(show_id)!.entries.get(id)!.status);
}
