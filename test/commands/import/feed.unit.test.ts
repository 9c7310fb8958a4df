// The provider's three real feeds, one after another, and what each leaves in the log.
import { describe, expect, test } from 'vitest';
import { providerXml } from '../../../src/adapters/feeds/provider-xml.ts';
import { feedSource, importAdapted } from '../../../src/commands/import/feed.ts';
import { importedShowId } from '../../../src/commands/import/ids.ts';
import { ImportHouse, fixture, typesOf } from '../support/import-house.ts';

const categories = (show: {
  categories: readonly {
    id: string;
    name: string;
    capacity: number;
    free: number;
    price: { amount: number };
  }[];
}) => show.categories.map((c) => [c.id, c.name, c.capacity, c.free, c.price.amount]);

describe('the first feed', () => {
  test('makes events, shows, and categories with their prices', async () => {
    const house = new ImportHouse();
    expect(await house.imported(fixture(1))).toEqual({
      created: [3, 3],
      updated: [0, 0],
      unchanged: [0, 0],
      rejected: [],
    });
    const camela = await house.show('291', '291');
    expect(camela).toMatchObject({
      startsAt: '2021-06-30T19:00:00.000Z',
      endsAt: '2021-06-30T20:00:00.000Z',
      salesOpenAt: '2020-06-30T22:00:00.000Z',
      salesCloseAt: '2021-06-30T18:00:00.000Z',
      timeZone: 'Europe/Madrid',
      status: 'onSale',
    });
    expect(categories(camela)).toEqual([
      ['40', 'Platea', 243, 243, 2000],
      ['38:unnumbered', 'Grada 2', 100, 100, 1500],
      ['30', 'A28', 90, 90, 3000],
    ]);
    expect(camela.areas.map((a) => [a.id, a.name, a.capacity])).toEqual([['38:unnumbered', 'Grada 2', 100]]);
  });

  test('keeps an event id that occurs under two base events as two shows, and zone 186 as two categories', async () => {
    const house = new ImportHouse();
    await house.imported(fixture(1));
    expect((await house.show('322', '1642')).startsAt).toBe('2021-02-10T19:00:00.000Z');
    const morancos = await house.show('1591', '1642');
    expect(morancos.startsAt).toBe('2021-07-31T18:00:00.000Z');
    expect(categories(morancos)).toEqual([
      ['186', 'Amfiteatre', 2, 2, 7500],
      ['186:unnumbered', 'Amfiteatre', 16, 16, 6500],
    ]);
  });

  test('is on record with its actor, its cause and its origin', async () => {
    const house = new ImportHouse();
    const outcome = await house.import(fixture(1));
    const [created] = await house.eventEvents('322');
    expect(created?.data).toMatchObject({
      title: 'Pantomima Full',
      source: { feed: 'provider', id: '322', organiser: '2' },
    });
    const [scheduled] = await house.showEvents('322', '1642');
    expect(scheduled?.metadata).toMatchObject({
      actor: 'import:provider',
      causationId: outcome.ok ? outcome.value.id : '',
    });
    expect(outcome.ok && outcome.value.position).toBe(await house.log.lastPosition());
  });

  test('again changes nothing: not one event more', async () => {
    const house = new ImportHouse();
    await house.imported(fixture(1));
    const before = await house.log.lastPosition();
    expect(await house.imported(fixture(1))).toEqual({
      created: [0, 0],
      updated: [0, 0],
      unchanged: [3, 3],
      rejected: [],
    });
    expect(await house.log.lastPosition()).toBe(before);
  });

  test('of another source makes other shows', async () => {
    const house = new ImportHouse();
    await house.imported(fixture(1));
    const other = await house.import(fixture(1), { source: feedSource('rival', { currency: 'USD' }) });
    expect(other.ok && other.value.created).toEqual({ events: 3, shows: 3 });
    expect(importedShowId('rival', '291', '291')).not.toBe(importedShowId('provider', '291', '291'));
  });
});

describe('the feeds in sequence', () => {
  test('change what changed, and leave what vanished', async () => {
    const house = new ImportHouse();
    await house.imported(fixture(1));
    const badDate = ['/eventList/output/base_event[3]/event[1]/@event_start_date', 'InvalidDate'];
    expect(await house.imported(fixture(2))).toEqual({
      created: [1, 0],
      updated: [0, 2],
      unchanged: [2, 0],
      rejected: [badDate],
    });
    expect(categories(await house.show('291', '291'))).toEqual([
      ['40', 'Platea', 240, 240, 2000],
      ['38:unnumbered', 'Grada 2', 50, 50, 1500],
      ['30', 'A28', 90, 90, 3000],
    ]);
    expect(await house.imported(fixture(3))).toEqual({
      created: [0, 0],
      updated: [0, 2],
      unchanged: [3, 0],
      rejected: [badDate],
    });
    expect(categories(await house.show('291', '291')).map((c) => c[2])).toEqual([200, 0, 80]);
    expect(categories(await house.show('1591', '1642')).map((c) => c[2])).toEqual([0, 12]);
    expect(typesOf(await house.showEvents('291', '291'))).toEqual([
      'ShowScheduled',
      'CapacityChanged',
      'CapacityChanged',
      'ShowRescheduled',
    ]);
    expect(typesOf(await house.showEvents('1591', '1642'))).toEqual([
      'ShowScheduled',
      'CapacityChanged',
      'ShowRescheduled',
      'CapacityChanged',
      'ShowRescheduled',
    ]);
    expect(typesOf(await house.showEvents('322', '1642'))).toEqual(['ShowScheduled']);
    expect(typesOf(await house.eventEvents('444'))).toEqual(['EventCreated']);
  });

  test('the third again changes nothing', async () => {
    const house = new ImportHouse();
    for (const n of [1, 2, 3]) await house.imported(fixture(n));
    const before = await house.log.lastPosition();
    expect((await house.imported(fixture(3))).unchanged).toEqual([3, 2]);
    expect(await house.log.lastPosition()).toBe(before);
  });

  test('going back to the first feed goes back to its seating plan', async () => {
    const house = new ImportHouse();
    await house.imported(fixture(1));
    const { seatingPlanId } = await house.show('291', '291');
    await house.imported(fixture(2));
    expect((await house.show('291', '291')).seatingPlanId).not.toBe(seatingPlanId);
    await house.imported(fixture(1));
    expect((await house.show('291', '291')).seatingPlanId).toBe(seatingPlanId);
  });
});

describe('an import', () => {
  test('is answered as the first time when it is repeated under its id, also by another process', async () => {
    const house = new ImportHouse();
    const first = await house.import(fixture(1), { id: '11111111-1111-4111-8111-111111111111' });
    const again = await house.another().import(fixture(1), { id: '11111111-1111-4111-8111-111111111111' });
    expect(first.ok && again.ok && again.replayed && again.value).toEqual(first.ok && first.value);
    const other = await house.import(fixture(2), {
      id: '11111111-1111-4111-8111-111111111111',
      hash: 'other',
    });
    expect(other).toMatchObject({ ok: false, rejection: { code: 'IdempotencyKeyReused' } });
  });

  test('that broke off before its result was kept counts the same when it is done again', async () => {
    const house = new ImportHouse();
    const id = '11111111-1111-4111-8111-111111111111';
    const first = await house.import(fixture(1), { id });
    const again = await new ImportHouse({ log: house.log }).import(fixture(1), { id });
    expect(first.ok && again.ok && again.value.created).toEqual(first.ok && first.value.created);
  });

  test('that broke off before its result was kept counts as unchanged what it had changed', async () => {
    const house = new ImportHouse();
    await house.imported(fixture(1));
    const id = '11111111-1111-4111-8111-111111111111';
    const first = await house.import(fixture(2), { id });
    const events = { created: { events: 1 }, unchanged: { events: 2 } };
    expect(first).toMatchObject({ value: { ...events, updated: { shows: 2 } } });
    const again = await new ImportHouse({ log: house.log }).import(fixture(2), { id });
    expect(again).toMatchObject({ value: { ...events, updated: { shows: 0 }, unchanged: { shows: 2 } } });
  });

  test('that is told to stop begins no event more', async () => {
    const house = new ImportHouse();
    const source = feedSource('provider');
    const context = { commandId: crypto.randomUUID(), correlationId: 'c' };
    const stopped = AbortSignal.abort(new Error('shutting down'));
    const feed = await providerXml.adapt(fixture(1), source);
    await expect(importAdapted(feed, source, house, context, stopped)).rejects.toThrow('shutting down');
    expect(await house.eventEvents('291')).toEqual([]);
  });

  test('of the same source at the same time in one process and in another leaves one of each', async () => {
    const house = new ImportHouse();
    const other = house.another();
    const outcomes = await Promise.all([
      house.import(fixture(1)),
      house.import(fixture(1), { id: '11111111-1111-4111-8111-111111111111' }),
      other.import(fixture(1), { id: '11111111-1111-4111-8111-111111111112' }),
    ]);
    expect(outcomes.filter((o) => o.ok && o.value.created.shows === 3)).toHaveLength(1);
    expect(outcomes.filter((o) => o.ok && o.value.unchanged.shows === 3)).toHaveLength(2);
    expect(typesOf(await house.showEvents('291', '291'))).toEqual(['ShowScheduled']);
  });

  test('without the turnstile of its source is safe too', async () => {
    const house = new ImportHouse();
    const loose = new ImportHouse({ log: house.log });
    await Promise.all([
      house.import(fixture(1)),
      loose.import(fixture(1), { id: '11111111-1111-4111-8111-111111111112' }),
    ]);
    expect(typesOf(await house.showEvents('291', '291'))).toEqual(['ShowScheduled']);
    expect(typesOf(await house.eventEvents('291'))).toEqual(['EventCreated', 'EventPublished', 'ShowAdded']);
  });

  test('of what is no feed is refused whole and leaves nothing', async () => {
    const house = new ImportHouse();
    expect(await house.import('<!DOCTYPE x><eventList><output/></eventList>')).toMatchObject({
      ok: false,
      rejection: { code: 'InvalidFeed' },
    });
    expect(await house.log.lastPosition()).toBe(0);
    expect(await house.imported('<eventList version="1.0"><output></output></eventList>')).toEqual({
      created: [0, 0],
      updated: [0, 0],
      unchanged: [0, 0],
      rejected: [],
    });
    expect(await house.log.lastPosition()).toBe(0);
  });
});

test('an organiser that no log can keep does not keep the rest of the feed out', async () => {
  const house = new ImportHouse();
  const text = new TextDecoder().decode(fixture(1));
  const hostile = text.replace('organizer_company_id="2"', 'organizer_company_id="&#0;"');
  expect(hostile).not.toBe(text);
  expect((await house.imported(hostile)).created).toEqual([3, 3]);
});
