// Search in Postgres ranks few candidates, of documents that also say type, tags and city. One plain statement that does
// neither must find the same, in the same order, on every page.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import { Chance } from '../../../src/demo/chance.ts';
import { toIso } from '../../../src/domain/decider.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { Positions } from '../../../src/projections/positions.ts';
import { postgresSearch } from '../../../src/queries/search/postgres-search.ts';
import { searchEvents, type EventSearch } from '../../../src/queries/search/search-events.ts';
import { understand } from '../../../src/queries/search/search-words.ts';
import { openReadModels, projectAll, type ReadModels } from '../../projections/read-models.ts';
import { DAY, idFor, Season, T0 } from '../../projections/season.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const EVENTS = 400;
const LIMIT = 4;
const TITLES = ['hamlet', 'athletics', 'quintets', 'lanterns', 'symphony', 'the', 'night', 'faust'];
const TYPES = ['concert', 'Theatre', 'stand-up', '!!!', null];
const TAGS = ['classic', 'öpera night', '☃', 'hamlet'];
/** Two of them have no word in their names, and three are so far apart that a radius tells them from each other. */
const CITIES = [
  ['Madrid', 40, -3],
  ['東京', 35, 139],
  ['☃', 64, -21],
  ['New York', 40, -74],
  ['!!!', 64.1, -21],
] as const;

let models: ReadModels;

beforeAll(async () => {
  models = await openReadModels();
  const season = new Season(new MemoryEventLog(new VirtualClock(T0)));
  const chance = new Chance(1);
  for (const [city, lat, lon] of CITIES) await season.venue(city, { title: 'Hall', city, lat, lon });
  for (let n = 0; n < EVENTS; n += 1) {
    const words = Array.from({ length: chance.between(1, 4) }, () => chance.of(TITLES));
    const title = words.join(' ');
    const fields = {
      title,
      description: chance.of([title, 'hamlet, a night of it', null]),
      type: chance.of(TYPES),
      tags: TAGS.filter(() => chance.of([true, false, false])),
      language: chance.of(['en', 'de', null]),
    };
    await season.event(`event ${n}`, fields, n % 7 > 0);
    // Most of them are over, so that the best by their words alone are no page.
    for (let show = 0; show < chance.between(0, 2); show += 1)
      await season.schedule(`show ${n} ${show}`, {
        event: `event ${n}`,
        venue: chance.of(CITIES)[0],
        startsInDays: chance.of([-20, -10, 5, 20]),
        seats: 1,
        price: chance.of([1_000, 3_000]),
      });
  }
  await projectAll(models.db, season);
});
afterAll(() => models?.close());

type Search = Partial<EventSearch> & { readonly cities?: readonly string[] };

async function plainly({ q, type, tags, to, price, cities }: Search): Promise<string[]> {
  const words = (await understand(models.db, q!))!;
  const venues = (cities ?? CITIES.map(([city]) => city)).map((city) => idFor(`venue ${city}`));
  const { rows } = await sql<{ id: string }>`
    select d.event_id as id from read.documents d join read.events e on e.id = d.event_id
    where d.document @@ ${words.loose}::tsquery and e.status = 'published'
      and (${type ?? null}::text is null or e.type = ${type ?? null}) and e.tags @> ${tags ?? []}::text[]
      and exists (select 1 from read.shows s where s.event_id = d.event_id and not s.cancelled
        and s.starts_at >= ${toIso(T0)}::timestamptz and (${to ?? null}::timestamptz is null or s.starts_at < ${to ?? null}::timestamptz)
        and (${price?.max ?? null}::bigint is null or s.price_from <= ${price?.max ?? null}::bigint)
        and s.venue_id = any(${venues}::uuid[]))
    order by round((2 * ts_rank(d.document, ${words.whole}::tsquery, 1) + ts_rank(d.document, ${words.loose}::tsquery, 1)) * 1e6) desc, d.event_id`.execute(
    models.db,
  );
  return rows.map(({ id }) => id);
}

async function walked({ cities: _cities, ...search }: Search): Promise<string[]> {
  const index = postgresSearch(models.db, new Positions(models.db, systemClock));
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await searchEvents(index, { ...search, nowMs: T0, limit: LIMIT, cursor });
    ids.push(...page.data.map(({ id }) => id));
    if (page.nextCursor === null) return ids;
    cursor = page.nextCursor;
  }
}

const around = (lat: number, lon: number, ...cities: string[]): Search => ({
  near: { lat, lon },
  radiusKm: 50,
  cities,
});

test.for<[string, Search]>([
  ['words', {}],
  ['a type', { type: 'concert' }],
  ['a type with capitals', { type: 'Theatre' }],
  ['a type of two words', { type: 'stand-up' }],
  ['a type without words', { type: '!!!' }],
  ['a tag', { tags: ['classic'] }],
  ['tags with and without words', { tags: ['öpera night', '☃'] }],
  ['a city', around(40, -3, 'Madrid')],
  ['a city in other letters', around(35, 139, '東京')],
  ['cities without words', around(64, -21, '☃', '!!!')],
  ['a city of two words and a tag', { ...around(40, -74, 'New York'), tags: ['hamlet'] }],
  ['a window of time', { to: toIso(T0 + 10 * DAY) }],
  ['a price', { price: { currency: 'EUR', min: 0, max: 2_000 } }],
])('of %s, everything is found as one plain statement finds it', async ([, search]) => {
  let found = 0;
  for (const q of [
    'hamlet',
    'hamlte',
    'athletics',
    'night',
    'lantern',
    'the',
    'hamlet night',
    'madrid',
    'zzz',
  ]) {
    const expected = await plainly({ q, ...search });
    expect(await walked({ q, ...search }), q).toEqual(expected);
    found += expected.length;
  }
  expect(found).toBeGreaterThan(3 * LIMIT);
});

test('a long word may be closer in sound than in letters: three slips away, it is thought of', async () => {
  expect((await understand(models.db, 'athleticisms'))!.loose).toContain("'athletics'");
  expect((await understand(models.db, 'athletismography'))!.loose).not.toContain("'athletics'");
});
