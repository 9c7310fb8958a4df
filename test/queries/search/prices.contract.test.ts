// What costs from so much to so much: the same in every index, whatever else is asked for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toIso } from '../../../src/domain/decider.ts';
import { InvalidCursor } from '../../../src/queries/cursor.ts';
import type { EventSearch } from '../../../src/queries/search/search-events.ts';
import { DAY, idFor, T0, type ShowShape } from '../../projections/season.ts';
import { describeEachIndex, SearchWorld } from '../search-world.ts';

const MADRID = { lat: 40.4168, lon: -3.7038 };
const ALL = Number.MAX_SAFE_INTEGER;

describeEachIndex('prices', (openIndex) => {
  let world: SearchWorld;
  const titleOf = new Map<string, string>();

  /** Names of what costs from `min` to `max`, in order of time. */
  const found = async (min: number, max: number, search: Partial<EventSearch> = {}, currency = 'EUR') => {
    const { data } = await world.find({ tags: ['priced'], price: { currency, min, max }, ...search });
    return data.map(({ id }) => titleOf.get(id));
  };
  const on = async (event: string, ...shows: ShowShape[]): Promise<void> => {
    titleOf.set(await world.season.event(event, { tags: ['priced'] }), event);
    for (const [n, show] of shows.entries())
      await world.season.schedule(`${event} ${n}`, { event, venue: 'Madrid Arena', ...show });
  };
  const edit = (show: string, category: string, amount: number, currency = 'EUR') =>
    world.season.decide(idFor(`show ${show}`), {
      kind: 'EditShow',
      reason: 'r',
      prices: { [category]: { amount, currency } },
    });

  beforeAll(async () => {
    world = await SearchWorld.open(openIndex);
    await on('Opera', {
      startsInDays: 5,
      categories: ['Galería', 'Stalls'],
      prices: { Galería: 2_900, Stalls: 9_000 },
    });
    await on('Recital', { startsInDays: 6, price: 2_500, currency: 'GBP' });
    await on('Open day', { startsInDays: 7, price: 0 });
    await on(
      'Festival',
      { startsInDays: 8, price: 12_000 },
      { startsInDays: 18, price: 2_000, venue: 'Teatro de Rojas', categories: ['Stalls', 'Boxes'] },
    );
    await on('Gala', { startsInDays: 9, price: 1_000_000_000_000 });
    await world.settle();
  });
  afterAll(() => world?.close());

  test('both ends are in it', async () => {
    expect(await found(0, 3_000)).toEqual(['Opera', 'Open day', 'Festival']);
    expect(await found(2_900, 2_900)).toEqual(['Opera']);
    expect(await found(2_901, 2_999)).toEqual([]);
    expect(await found(2_901, 9_000)).toEqual(['Opera', 'Festival']);
    expect(await found(9_001, ALL)).toEqual(['Festival', 'Gala']);
  });

  test('a price between those of two categories is none', async () => {
    expect(await found(3_100, 8_999)).toEqual([]);
  });

  test('what costs nothing is found by 0', async () => {
    expect(await found(0, 0)).toEqual(['Open day']);
    expect(await found(1, 2_000)).toEqual(['Festival']);
  });

  test('large amounts are in order, however many digits they have', async () => {
    expect(await found(100_000, ALL)).toEqual(['Gala']);
    expect(await found(1_000_000_000_000, 1_000_000_000_000)).toEqual(['Gala']);
    expect(await found(1_000_000_000_001, ALL)).toEqual([]);
  });

  test('another currency is another price', async () => {
    expect(await found(0, ALL, {}, 'GBP')).toEqual(['Recital']);
    expect(await found(0, 2_499, {}, 'GBP')).toEqual([]);
    expect(await found(0, ALL, {}, 'JPY')).toEqual([]);
  });

  test('with a category it is the price of that one', async () => {
    expect(await found(0, 3_000, { category: 'GALERIA' })).toEqual(['Opera']);
    expect(await found(0, 3_000, { category: 'Stalls' })).toEqual(['Open day', 'Festival']);
    expect(await found(3_001, 9_000, { category: 'stalls' })).toEqual(['Opera']);
    expect(await found(0, ALL, { category: 'boxes' })).toEqual(['Festival']);
    expect(await found(0, ALL, { category: 'EUR0000000000002900' })).toEqual([]);
    expect(await found(0, ALL, { category: 'galeria\u0001EUR0000000000002900' })).toEqual([]);
  });

  test('it is the price of the show that all else is asked of, and that one is shown', async () => {
    const price = { currency: 'EUR', min: 0, max: 3_000 };
    const to = toIso(T0 + 10 * DAY);
    expect(await found(0, 3_000, { to })).toEqual(['Opera', 'Open day']);
    expect(await found(9_001, 20_000, { to })).toEqual(['Festival']);
    const { data } = await world.find({ tags: ['priced'], from: to, price });
    expect(data).toMatchObject([
      { nextShow: { id: idFor('show Festival 1') }, priceFrom: { amount: 2_000, currency: 'EUR' } },
    ]);
    const [opera] = (
      await world.find({ tags: ['priced'], price: { currency: 'EUR', min: 9_000, max: 9_000 } })
    ).data;
    expect(opera!.priceFrom).toEqual({ amount: 2_900, currency: 'EUR' });
  });

  test('how far away an event is, is said of the show at that price', async () => {
    const search = { near: MADRID, sort: 'distance' } as const;
    expect(await found(1, 3_000, search)).toEqual(['Opera', 'Festival']);
    expect((await found(1, ALL, search)).toSorted()).toEqual(['Festival', 'Gala', 'Opera']);
    const price = { currency: 'EUR', min: 1, max: 3_000 };
    const kilometres = async (category?: string) =>
      (await world.find({ tags: ['priced'], ...search, category, price })).data.map((e) =>
        Math.round(e.distanceKm!),
      );
    expect(await kilometres()).toEqual([0, 67]);
    expect(await kilometres('boxes')).toEqual([67]);
    expect(await found(1, 3_000, { ...search, radiusKm: 20 })).toEqual(['Opera']);
  });

  test('words, facets and pages keep to it', async () => {
    expect(await found(0, 3_000, { q: 'festivl' })).toEqual(['Festival']);
    expect(await found(3_001, 8_999, { q: 'opera' })).toEqual([]);
    const price = { currency: 'EUR', min: 0, max: 3_000 };
    const { cities } = await world.facets({ tags: ['priced'], price });
    expect(cities.map(({ name, count }) => [name, count])).toEqual([
      ['Madrid', 2],
      ['Toledo', 1],
    ]);
    const { data, nextCursor } = await world.find({ tags: ['priced'], price, limit: 2 });
    const cursor = nextCursor!;
    const rest = await world.find({ tags: ['priced'], price, limit: 2, cursor });
    expect([...data, ...rest.data].map(({ id }) => titleOf.get(id))).toEqual([
      'Opera',
      'Open day',
      'Festival',
    ]);
    const other = world.find({ tags: ['priced'], price: { ...price, max: 2_000 }, limit: 2, cursor });
    await expect(other).rejects.toBeInstanceOf(InvalidCursor);
  });

  describe('that change', () => {
    test('are found as they are now', async () => {
      await on('Matinee', { startsInDays: 60, categories: ['Stalls', 'Circle'], price: 50_000 });
      await edit('Matinee 0', 'Circle', 4_400);
      await world.settle();
      expect(await found(4_400, 4_400)).toEqual(['Matinee']);
      expect(await found(50_000, 50_000, { category: 'stalls' })).toEqual(['Matinee']);
      await edit('Matinee 0', 'Circle', 60_000);
      await world.settle();
      expect(await found(4_400, 4_400)).toEqual([]);
      expect(await found(60_000, 60_000)).toEqual(['Matinee']);
    });

    test('go with their category when a show gets another plan', async () => {
      await on('Revue', {
        startsInDays: 61,
        categories: ['Bench', 'Sofa'],
        prices: { Bench: 5_500, Sofa: 6_600 },
      });
      await world.settle();
      expect(await found(5_500, 5_500)).toEqual(['Revue']);
      const hall = idFor('venue Madrid Arena');
      const plan = await world.season.draw('without benches', hall, 4, 0, ['Sofa', 'Box']);
      const prices = { Box: { amount: 7_700, currency: 'EUR' } };
      await world.season.decide(idFor('show Revue 0'), { kind: 'ChangeSeating', plan, prices, reason: 'r' });
      await world.settle();
      expect(await found(5_500, 5_500)).toEqual([]);
      expect(await found(7_700, 7_700, { category: 'box' })).toEqual(['Revue']);
      const [revue] = (
        await world.find({ tags: ['priced'], price: { currency: 'EUR', min: 6_600, max: 6_600 } })
      ).data;
      expect(revue!.priceFrom).toEqual({ amount: 6_600, currency: 'EUR' });
    });

    test('count only where there is something to sell, as long as there is', async () => {
      const hall = idFor('venue Madrid Arena');
      const room = (capacity: number) =>
        world.season.decide(idFor('show Ball 0'), {
          kind: 'EditShow',
          areas: [{ id: 'pit', capacity }],
          reason: 'r',
        });
      const priceFrom = async (category?: string) => {
        await world.settle();
        const from = toIso(T0 + 62 * DAY);
        const { data } = await world.find({ tags: ['priced'], from, category });
        return data.map((event) => event.priceFrom?.amount);
      };
      await on('Ball', { startsInDays: 62, seats: 2, pit: 5, prices: { Stalls: 9_100, Standing: 1_100 } });
      expect(await priceFrom()).toEqual([1_100]);
      await room(0);
      expect(await priceFrom()).toEqual([9_100]);
      expect(await priceFrom('standing')).toEqual([]);
      expect(await found(1_100, 1_100)).toEqual([]);
      expect(await found(9_100, 9_100)).toEqual(['Ball']);
      await room(3);
      expect(await priceFrom('standing')).toEqual([1_100]);
      // Another plan: its areas have the places that it gives them, and its second category has no seat.
      const plan = await world.season.draw('of a ball', hall, 1, 5, ['Stalls', 'Balcony']);
      await room(0);
      const prices = { Balcony: { amount: 700, currency: 'EUR' } };
      await world.season.decide(idFor('show Ball 0'), { kind: 'ChangeSeating', plan, prices, reason: 'r' });
      expect(await priceFrom()).toEqual([1_100]);
      expect(await found(700, 700)).toEqual([]);
      await room(0);
      expect(await priceFrom()).toEqual([9_100]);
    });

    test('count whatever the area is called whose places they are of', async () => {
      const hall = idFor('venue Madrid Arena');
      await on('Cabaret', { startsInDays: 64, price: 9_300 });
      const plan = await world.season.draw('of a cabaret', hall, 1, 5, ['Stalls'], 'constructor');
      const prices = { Standing: { amount: 1_300, currency: 'EUR' } };
      await world.season.decide(idFor('show Cabaret 0'), {
        kind: 'ChangeSeating',
        plan,
        prices,
        reason: 'r',
      });
      await world.settle();
      expect(await found(1_300, 1_300)).toEqual(['Cabaret']);
    });

    test('count all where there is nothing to sell at all', async () => {
      await on('Nothing', { startsInDays: 63, seats: 0, pit: 5, categories: ['Stalls'], price: 8_200 });
      await world.season.decide(idFor('show Nothing 0'), {
        kind: 'EditShow',
        areas: [{ id: 'pit', capacity: 0 }],
        reason: 'r',
      });
      await world.settle();
      expect(await found(8_200, 8_200)).toEqual(['Nothing']);
      expect(await found(9_200, 9_200, { category: 'standing' })).toEqual(['Nothing']);
    });
  });
});
