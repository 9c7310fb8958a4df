import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { toIso } from '../../src/domain/decider.ts';
import { entryView, holdView, showView } from '../../src/domain/show/views.ts';
import { event, eventShows } from '../../src/queries/catalogue.ts';
import { InvalidCursor } from '../../src/queries/cursor.ts';
import {
  locationEvents,
  LocationNotFound,
  locations,
  type LocationSearch,
} from '../../src/queries/locations.ts';
import { showBookings, showHolds, showWaitlist } from '../../src/queries/show-lists.ts';
import { venue } from '../../src/queries/venue.ts';
import { openReadModels, projectAll, type ReadModels } from '../projections/read-models.ts';
import { DAY, idFor, Season, T0 } from '../projections/season.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

let models: ReadModels;
let season: Season;
let show: string;
const GHOST = '00000000-0000-4000-8000-000000000000';

beforeAll(async () => {
  models = await openReadModels();
  season = new Season(new MemoryEventLog(new VirtualClock(T0)));
  await season.venue('venue', {
    title: 'Las Palmas Arena',
    city: 'Villaqzia',
    country: 'ES',
    lat: 28.1,
    lon: -15.4,
  });
  await season.venue('second', {
    title: 'Teatro Pérez',
    city: 'VILLAQZIA',
    country: 'ES',
    lat: 28.2,
    lon: -15.5,
  });
  await season.venue('empty', { title: 'Empty Hall', city: 'Leerqzia' });
  await season.venue('west', { title: 'Wharf', city: 'Taveuniqzia', lat: -17, lon: 179.8 });
  await season.venue('east', { title: 'Beach', city: 'Taveuniqzia', lat: -17, lon: -179.6 });
  await season.venue('plain', { title: 'Plain', city: 'Bilbao', lat: null, lon: null });
  await season.event('event', { description: 'Only once', language: 'en', tags: ['a'] });
  await season.event('other');
  await season.event('draft', {}, false);
  show = await season.schedule('show', { seats: 6, pit: 4 });
  await season.schedule('later', { startsInDays: 31 });
  await season.schedule('over', { startsInDays: -1, venue: 'plain' });
  await season.schedule('west', { event: 'other', startsInDays: -1, venue: 'west' });
  await season.schedule('hidden', { event: 'draft', venue: 'empty', published: false });
  const off = { reason: 'r' };
  for (const name of ['unpublished', 'withdrawn', 'dropped'])
    await season.event(name, {}, name !== 'dropped');
  await season.append(`event-${idFor('event unpublished')}`, { type: 'EventUnpublished', data: off });
  const dropped = await season.schedule('dropped', { event: 'dropped', venue: 'empty', published: false });
  for (const name of ['withdrawn', 'dropped'])
    await season.append(`event-${idFor(`event ${name}`)}`, { type: 'EventCancelled', data: off });
  await season.decide(dropped, { kind: 'CancelShow', ...off });
  await projectAll(models.db, season);
});
afterAll(() => models.close());

describe('an event and its shows', () => {
  test('the page of an event is as the contract has it', async () => {
    expect(await event.run(models.db, { id: idFor('event event'), includeDrafts: false })).toEqual({
      id: idFor('event event'),
      title: 'event',
      description: 'Only once',
      type: 'concert',
      tags: ['a'],
      language: 'en',
      status: 'published',
      version: 0,
    });
    for (const id of [GHOST, 'x', "'"])
      expect(await event.run(models.db, { id, includeDrafts: true })).toBeNull();
  });

  test('an event that was never on view is hidden, also when it is cancelled', async () => {
    const seen = async (name: string, includeDrafts: boolean) =>
      (await event.run(models.db, { id: idFor(`event ${name}`), includeDrafts }))?.status;
    for (const name of ['draft', 'unpublished', 'dropped']) expect(await seen(name, false)).toBeUndefined();
    expect(await seen('withdrawn', false)).toBe('cancelled');
    expect(await Promise.all(['draft', 'unpublished', 'dropped'].map((name) => seen(name, true)))).toEqual([
      'draft',
      'draft',
      'cancelled',
    ]);
    const shows = { eventId: idFor('event dropped'), nowMs: T0, limit: 5 };
    expect(await eventShows.run(models.db, { ...shows, includeDrafts: false })).toBeNull();
    expect((await eventShows.run(models.db, { ...shows, includeDrafts: true }))!.data).toHaveLength(1);
  });

  test('its shows are those of the domain, without areas, page by page', async () => {
    const ask = { eventId: idFor('event event'), nowMs: T0, includeDrafts: false, limit: 2 };
    const first = (await eventShows.run(models.db, ask))!;
    expect(first.data.map((s) => s.id)).toEqual([idFor('show over'), show]);
    const second = await eventShows.run(models.db, { ...ask, cursor: first.nextCursor! });
    expect(second).toMatchObject({ data: [{ id: idFor('show later') }], nextCursor: null });
    const { areas: _areas, venueId: _venueId, ...page } = showView(season.states.get(show)!, T0);
    const arena = {
      id: idFor('venue venue'),
      name: 'Las Palmas Arena',
      address: null,
      city: 'Villaqzia',
      country: 'ES',
      lat: 28.1,
      lon: -15.4,
      timeZone: 'Europe/Madrid',
    };
    expect(first.data[1]).toEqual({ id: show, ...page, venue: arena });
  });

  test('drafts are for organisers', async () => {
    const ask = { eventId: idFor('event draft'), nowMs: T0, limit: 5 };
    expect(await eventShows.run(models.db, { ...ask, includeDrafts: false })).toBeNull();
    expect((await eventShows.run(models.db, { ...ask, includeDrafts: true }))!.data).toMatchObject([
      { status: 'draft' },
    ]);
  });

  test('a venue has its version', async () => {
    expect(await venue.run(models.db, idFor('venue plain'))).toMatchObject({
      name: 'Plain',
      lat: null,
      lon: null,
      version: 0,
    });
    expect(await venue.run(models.db, GHOST)).toBeNull();
  });
});

describe('locations', () => {
  const find = (search: Partial<LocationSearch>) =>
    locations.run(models.db, { nowMs: T0, limit: 25, ...search });

  test('cities and places that have something on, and how many events', async () => {
    const { data } = await find({});
    expect(data.map((l) => [l.kind, l.name, l.eventCount])).toEqual([
      ['city', 'VILLAQZIA', 1],
      ['venue', 'Las Palmas Arena', 1],
    ]);
    expect(data[0]!.lat).toBeCloseTo(28.15);
  });

  test('a city on both sides of the 180th meridian lies there, not on the other side of the earth', async () => {
    const { data } = await find({ nowMs: T0 - 2 * DAY, q: 'Taveuniqzia' });
    expect(data.map((l) => l.kind)).toEqual(['city', 'venue']);
    expect(data[0]!.lon).toBeCloseTo(-179.9);
  });

  test('are found by name, mistyped too, and lead to their events', async () => {
    for (const q of ['villaqzia', 'Vilaqzia', 'palmas']) {
      const { data } = await find({ q });
      expect(data.length).toBeGreaterThan(0);
      for (const place of data)
        expect(
          (await locationEvents.run(models.db, { id: place.id, nowMs: T0, limit: 5 })).data.map((e) => e.id),
        ).toEqual([idFor('event event')]);
    }
    expect((await find({ q: 'Leerqzia' })).data).toEqual([]);
  });

  test('are found by distance', async () => {
    const near = { lat: 28.1, lon: -15.4 };
    expect((await find({ near, radiusKm: 30 })).data.map((l) => l.name)).toEqual([
      'VILLAQZIA',
      'Las Palmas Arena',
    ]);
    expect((await find({ near: { lat: 0, lon: 0 }, radiusKm: 30 })).data).toEqual([]);
  });

  test('a place without events has no events; an unknown one is not found', async () => {
    expect(
      (await locationEvents.run(models.db, { id: idFor('venue empty'), nowMs: T0, limit: 5 })).data,
    ).toEqual([]);
    for (const id of [GHOST, 'x'])
      await expect(locationEvents.run(models.db, { id, nowMs: T0, limit: 5 })).rejects.toBeInstanceOf(
        LocationNotFound,
      );
  });

  test('are walked through once', async () => {
    const first = await find({ limit: 1 });
    const second = await find({ limit: 1, cursor: first.nextCursor! });
    expect([first.data[0]!.kind, second.data[0]!.kind, second.nextCursor]).toEqual(['city', 'venue', null]);
    await expect(find({ cursor: 'garbage' })).rejects.toBeInstanceOf(InvalidCursor);
  });

  test('a show that has begun counts until it is over, here and in its events', async () => {
    await season.event('festival');
    const id = await season.schedule('festival show', {
      event: 'festival',
      venue: 'plain',
      startsInDays: -1,
    });
    await season.append(`show-${id}`, {
      type: 'ShowRescheduled',
      data: { endsAt: toIso(T0 + DAY), reason: null },
    });
    await projectAll(models.db, season);
    const { data } = await find({ q: 'bilbao' });
    expect(data.map((l) => [l.kind, l.eventCount, l.lat])).toEqual([
      ['city', 1, null],
      ['venue', 1, null],
    ]);
    expect(
      (await locationEvents.run(models.db, { id: data[0]!.id, nowMs: T0, limit: 5 })).data.map(
        (e) => e.title,
      ),
    ).toEqual(['festival']);
    expect((await find({ q: 'bilbao', nowMs: T0 + 2 * DAY })).data).toEqual([]);
  });
});

describe('what organisers see of a show', () => {
  beforeAll(async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await season.hold(show, name, { best: 1 });
    for (const name of ['a', 'b', 'c']) await season.confirm(show, name);
    for (const name of ['ann', 'bob', 'cat']) await season.join(show, name);
    await season.decide(show, {
      kind: 'ReleaseHold',
      holdId: idFor('hold d'),
      caller: { clientId: 'front', all: true },
    });
    await season.decide(show, { kind: 'MoveEntry', entryId: idFor('entry cat'), ahead: 0, reason: 'r' });
    await projectAll(models.db, season);
  });

  const walk = async <T>(
    page: (cursor?: string) => Promise<{ data: T[]; nextCursor: string | null }>,
  ): Promise<T[]> => {
    const all: T[] = [];
    for (let cursor: string | undefined; ;) {
      const { data, nextCursor } = await page(cursor);
      all.push(...data);
      if (nextCursor === null) return all;
      cursor = nextCursor;
    }
  };

  test('holds are those of the domain, judged by the clock', async () => {
    const state = season.states.get(show)!;
    for (const nowMs of [season.now, season.now + 700_000]) {
      const holds = await walk((cursor) =>
        showHolds.run(models.db, { showId: show, nowMs, limit: 2, cursor }),
      );
      expect(holds).toEqual(
        [...state.holds.values()].map((hold) => ({
          showId: show,
          ...holdView(state, hold.id, nowMs),
          clientId: undefined,
        })),
      );
    }
  });

  test('bookings come in the order in which they were confirmed', async () => {
    const bookings = await walk((cursor) =>
      showBookings.run(models.db, { showId: show, nowMs: season.now, limit: 2, cursor }),
    );
    expect(bookings.map((b) => [b.customerId, b.status, b.holdId])).toEqual(
      ['a', 'b', 'c'].map((name) => [name, 'confirmed', idFor(`hold ${name}`)]),
    );
  });

  test('the line stands in order, those whose turn has come behind it', async () => {
    const state = season.states.get(show)!;
    const line = await walk((cursor) =>
      showWaitlist.run(models.db, { showId: show, nowMs: season.now, limit: 1, cursor }),
    );
    expect(line.map((entry) => [entry.customerId, entry.ahead, entry.status])).toEqual([
      ['cat', 0, 'waiting'],
      ['bob', 1, 'waiting'],
      ['ann', 0, 'offered'],
    ]);
    for (const entry of line)
      expect(entry).toEqual({ showId: show, ...entryView(state, entry.id, season.now), clientId: undefined });
    const later = await showWaitlist.run(models.db, { showId: show, nowMs: season.now + 700_000, limit: 5 });
    expect(later.data[2]).toMatchObject({ customerId: 'ann', status: 'lapsed', offer: null });
  });

  test('a cursor of another list is refused, and an unknown show has empty lists', async () => {
    const { nextCursor } = await showHolds.run(models.db, { showId: show, nowMs: T0, limit: 1 });
    await expect(
      showBookings.run(models.db, { showId: show, nowMs: T0, limit: 1, cursor: nextCursor! }),
    ).rejects.toBeInstanceOf(InvalidCursor);
    for (const list of [showHolds, showBookings, showWaitlist])
      expect(await list.run(models.db, { showId: GHOST, nowMs: T0, limit: 1 })).toEqual({
        data: [],
        nextCursor: null,
      });
  });
});
