import { afterAll, beforeAll, expect, test } from 'vitest';
import { InvalidCursor } from '../../../src/queries/cursor.ts';
import { describeEachIndex, SearchWorld } from '../search-world.ts';

describeEachIndex('facets', (openIndex) => {
  let world: SearchWorld;
  beforeAll(async () => {
    world = await SearchWorld.open(openIndex);
  });
  afterAll(() => world?.close());

  test('count the events found by type, tag, city and month, whatever the page', async () => {
    const all = await world.facets({ tags: ['summer'], limit: 1 });
    expect(all.types).toEqual([
      { value: 'concert', count: 2 },
      { value: 'theatre', count: 1 },
    ]);
    expect(all.tags).toEqual([
      { value: 'summer', count: 3 },
      { value: 'barcelona', count: 1 },
      { value: 'madrid', count: 1 },
      { value: 'toledo', count: 1 },
    ]);
    expect(all.cities.map(({ name, country, count }) => [name, country, count]).toSorted()).toEqual([
      ['Barcelona', 'ES', 1],
      ['Madrid', 'ES', 1],
      ['Toledo', 'ES', 1],
    ]);
    // The show in Barcelona of 31 March at 12:00 and the later one of the same event count in their own months.
    expect(all.months).toEqual([
      { value: '2027-03', count: 3 },
      { value: '2027-04', count: 1 },
    ]);
  });

  test('count an event once a month and city, by the clocks there, the most first, and no type where there is none', async () => {
    const { season } = world;
    for (const event of ['First night', 'Second night'])
      await season.event(event, { tags: ['night'], type: null });
    // On 1 April in Barcelona while it is March in UTC.
    for (const startsInDays of [30.45, 30.46])
      await season.schedule(`first ${startsInDays}`, { event: 'First night', venue: 'Palau', startsInDays });
    for (const venue of ['Palau', 'Madrid Arena', 'Teatro de Rojas'])
      await season.schedule(`second ${venue}`, { event: 'Second night', venue, startsInDays: 80 });
    await world.settle();
    const { types, cities, months } = await world.facets({ tags: ['night'] });
    expect(types).toEqual([]);
    expect(months).toEqual([
      { value: '2027-04', count: 1 },
      { value: '2027-05', count: 1 },
    ]);
    expect(cities.map(({ name, count }) => [name, count])[0]).toEqual(['Barcelona', 2]);
  });

  test('know of nothing but the shows that match', async () => {
    const near = { lat: 40.4168, lon: -3.7038 };
    const around = await world.facets({ tags: ['summer'], near, radiusKm: 100 });
    expect(around.cities.map(({ name }) => name).toSorted()).toEqual(['Madrid', 'Toledo']);
    expect((await world.facets({ q: 'bethoven' })).tags).toEqual([{ value: 'classic', count: 1 }]);
    const nothing = { types: [], tags: [], cities: [], months: [] };
    expect(await world.facets({ q: 'zzz' })).toEqual(nothing);
    expect(await world.facets({ q: '!!!' })).toEqual(nothing);
    expect(await world.facets({ type: 'opera' })).toEqual(nothing);
  });

  test('are the same on every page', async () => {
    const { nextCursor } = await world.find({ tags: ['summer'], limit: 1 });
    const cursor = nextCursor!;
    expect(await world.facets({ tags: ['summer'], limit: 1, cursor })).toEqual(
      await world.facets({ tags: ['summer'] }),
    );
    await expect(world.facets({ tags: ['jazz'], cursor })).rejects.toBeInstanceOf(InvalidCursor);
  });

  test('come with the page that is found without them, in every order', async () => {
    const near = { lat: 40.4168, lon: -3.7038 };
    for (const search of [{ q: 'bethoven' }, { tags: ['summer'] }, { near, limit: 2 }, { q: '!!!' }]) {
      const { facets: _facets, ...page } = await world.findWithFacets(search);
      expect(page).toEqual(await world.find(search));
    }
  });
});
