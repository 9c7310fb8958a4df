// Facets are counted in few passes over what matches. Counted one event after another, without any SQL, they are the same,
// whatever is asked for.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import { Chance } from '../../../src/demo/chance.ts';
import { toIso } from '../../../src/domain/decider.ts';
import type { Facets } from '../../../src/ports/search-index.ts';
import { searchWithFacets, type EventSearch } from '../../../src/queries/search/search-events.ts';
import { openReadModels, projectAll, type ReadModels } from '../../projections/read-models.ts';
import { DAY, Season, T0 } from '../../projections/season.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import type { IndexUnderTest } from '../indexes.ts';
import { describeEachIndex } from '../search-world.ts';

const EVENTS = 120;
const QUESTIONS = 100;
/** So far apart that none is a slip for another, or begins another. */
const WORDS = ['hamlet', 'quintets', 'orchard', 'zarzuela'];
const TYPES = ['concert', 'Theatre', 'stand-up', null];
const TAGS = ['classic', 'öpera', '☃', 'kids'];
const PRICES = [1_000, 2_000, 3_000];
/** Around the end of March, by clocks that change in that week, and far behind. */
const DAYS = [-20, 3, 30.42, 30.45, 30.46, 45, 70];
const MADRID = { lat: 40.4168, lon: -3.7038 };
/** Of one city there are two, and of one nobody knows where it is. */
const VENUES = [
  { hall: 'Arena', city: 'Madrid', ...MADRID },
  { hall: 'Retiro', city: 'Madrid', ...MADRID },
  { hall: 'Rojas', city: 'Toledo', lat: 39.8628, lon: -4.0273 },
  { hall: 'Palau', city: 'Barcelona', lat: 41.3874, lon: 2.1686 },
  { hall: 'Nowhere', city: 'Ávila', lat: null, lon: null },
];
/** With its centre in Madrid, by kilometres of radius. */
const CITIES_WITHIN: Readonly<Record<number, readonly string[]>> = {
  30: ['Madrid'],
  100: ['Madrid', 'Toledo'],
  900: ['Madrid', 'Toledo', 'Barcelona'],
};

interface Announced {
  readonly name: string;
  readonly words: readonly string[];
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly isPublished: boolean;
  readonly shows: readonly Scheduled[];
}
interface Scheduled {
  readonly hall: string;
  readonly city: string;
  readonly startsInDays: number;
  readonly price: number;
  readonly isCancelled: boolean;
}
interface Asked {
  readonly q: string | undefined;
  readonly type: string | undefined;
  readonly tags: string[] | undefined;
  readonly radiusKm: number | undefined;
  readonly fromDay: number | undefined;
  readonly toDay: number | undefined;
  readonly priceMax: number | undefined;
}

const chance = new Chance(1, 'facets');
const some = <T>(list: readonly T[]): T[] => list.filter(() => chance.of([true, false]));
const catalogue = Array.from({ length: EVENTS }, (_, n): Announced => ({
  name: `event ${n}`,
  words: [...some(WORDS), `night${n}`],
  type: chance.of(TYPES),
  tags: some(TAGS),
  isPublished: n % 7 > 0,
  shows: Array.from({ length: chance.between(0, 4) }, () => {
    const { hall, city } = chance.of(VENUES);
    const [startsInDays, price] = [chance.of(DAYS), chance.of(PRICES)];
    return { hall, city, startsInDays, price, isCancelled: chance.of([true, false, false, false]) };
  }),
}));

async function play(season: Season): Promise<void> {
  for (const { hall, ...fields } of VENUES) await season.venue(hall, fields);
  for (const { name, words, type, tags, isPublished, shows } of catalogue) {
    await season.event(name, { title: words.join(' '), type, tags }, isPublished);
    for (const [n, { hall, isCancelled, ...shape }] of shows.entries()) {
      const id = await season.schedule(`${name} ${n}`, { event: name, venue: hall, seats: 1, ...shape });
      if (isCancelled) await season.decide(id, { kind: 'CancelShow', reason: 'r' });
    }
  }
}

const searchOf = ({ radiusKm, fromDay, toDay, priceMax, ...rest }: Asked): Partial<EventSearch> => ({
  ...rest,
  ...(radiusKm !== undefined && { near: MADRID, radiusKm }),
  ...(fromDay !== undefined && { from: toIso(T0 + fromDay * DAY) }),
  ...(toDay !== undefined && { to: toIso(T0 + toDay * DAY) }),
  ...(priceMax !== undefined && { price: { currency: 'EUR', min: 0, max: priceMax } }),
});

/** One event after another. Ids of cities are nobody's but the index's. */
function countedPlainly(asked: Asked) {
  const [types, tags, cities, months] = [tally(), tally(), tally(), tally()];
  for (const event of catalogue) {
    const shows = matchingShows(event, asked);
    if (shows.length === 0) continue;
    if (event.type !== null) types.add([event.type]);
    tags.add(event.tags);
    cities.add(shows.map(({ city }) => city));
    months.add(shows.map(({ startsInDays }) => monthOf(startsInDays)));
  }
  return { types: types.counts, tags: tags.counts, cities: cities.counts, months: months.counts };
}

function matchingShows(event: Announced, asked: Asked): readonly Scheduled[] {
  const { q, type, tags = [], fromDay = 0, toDay = Infinity, priceMax = Infinity, radiusKm } = asked;
  if (!event.isPublished || (q !== undefined && !event.words.includes(q))) return [];
  if ((type !== undefined && event.type !== type) || tags.some((tag) => !event.tags.includes(tag))) return [];
  return event.shows.filter(
    ({ isCancelled, startsInDays, price, city }) =>
      !isCancelled &&
      startsInDays >= fromDay &&
      startsInDays < toDay &&
      price <= priceMax &&
      (radiusKm === undefined || CITIES_WITHIN[radiusKm]!.includes(city)),
  );
}

function tally() {
  const counts: Record<string, number> = {};
  const add = (values: readonly string[]): void => {
    for (const value of new Set(values)) counts[value] = (counts[value] ?? 0) + 1;
  };
  return { counts, add };
}

const clock = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Madrid', year: 'numeric', month: '2-digit' });
const monthOf = (startsInDays: number): string => clock.format(T0 + startsInDays * DAY);

function counts({ types, tags, cities, months }: Facets) {
  const counted = (facets: Facets['types']) =>
    Object.fromEntries(facets.map(({ value, count }) => [value, count]));
  const named = Object.fromEntries(cities.map(({ name, count }) => [name, count]));
  return { types: counted(types), tags: counted(tags), cities: named, months: counted(months) };
}

/** The most first, then by value; months by value. */
function inOrder({ types, tags, cities, months }: Facets): Facets {
  const byValue = <T>(value: (facet: T) => string, list: readonly T[]): T[] =>
    list.toSorted((a, b) => (value(a) < value(b) ? -1 : 1));
  const most = <T extends { count: number }>(value: (facet: T) => string, list: readonly T[]): T[] =>
    byValue(value, list).toSorted((a, b) => b.count - a.count);
  return {
    types: most(({ value }) => value, types),
    tags: most(({ value }) => value, tags),
    cities: most(({ id }) => id, cities),
    months: byValue(({ value }) => value, months),
  };
}

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const oneOf = <T>(...list: T[]) => sometimes(fc.constantFrom(...list));
const questions = fc.record<Asked>({
  q: oneOf(...WORDS),
  type: oneOf(...TYPES.filter((type) => type !== null)),
  tags: sometimes(fc.subarray(TAGS, { maxLength: 2 })),
  radiusKm: oneOf(30, 100, 900),
  fromDay: oneOf(10, 30.455),
  toDay: oneOf(30.455, 60),
  priceMax: oneOf(500, 1_000, 2_000),
});

describeEachIndex('facets of a season by chance', (openIndex) => {
  let models: ReadModels;
  let under: IndexUnderTest;
  beforeAll(async () => {
    models = await openReadModels();
    under = await openIndex(models.db);
    const season = new Season(new MemoryEventLog(new VirtualClock(T0)));
    await play(season);
    await projectAll(models.db, season);
    await under.follow();
  });
  afterAll(async () => {
    await under?.close();
    await models?.close();
  });

  test('are what counting one event after another comes to', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(questions, async (asked) => {
        const search = { nowMs: T0, limit: 5, ...searchOf(asked) };
        const { facets } = await searchWithFacets(under.index, search);
        expect(counts(facets)).toEqual(countedPlainly(asked));
        expect(facets).toEqual(inOrder(facets));
        if (facets.months.length > 0) found += 1;
      }),
      { numRuns: QUESTIONS },
    );
    expect(found).toBeGreaterThan(QUESTIONS / 10);
  });
});
