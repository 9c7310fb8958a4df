// Where something is on: cities and single places with published events that are not over, and how many.
import { sql, type RawBuilder } from 'kysely';
import { toIso } from '../domain/decider.ts';
import { shownKm, type GeoPoint } from '../domain/globe.ts';
import type { EventFound, SearchQuestion } from '../ports/search-index.ts';
import { pageOf, readCursor, writeCursor, type Key } from './cursor.ts';
import { isUuidInAnyCase, type Page, type Paging, type Query } from './query.ts';
import { notOver } from './search/event-search-sql.ts';
import { cube, NO_DISTANCE, within } from './search/nearness.ts';
import { findEvents, SEARCH_RESTS_ON } from './search/postgres-search.ts';
import { searchEvents } from './search/search-events.ts';
import { understand } from './search/search-words.ts';

export interface Location {
  /** Of the venue, or one that the city has for ever. */
  readonly id: string;
  readonly kind: 'city' | 'venue';
  readonly name: string;
  readonly city: string;
  readonly country: string | null;
  /** Of a city: the middle of its venues. */
  readonly lat: number | null;
  readonly lon: number | null;
  readonly eventCount: number;
  readonly distanceKm?: number;
}

export interface LocationSearch extends Paging {
  readonly nowMs: number;
  readonly q?: string | undefined;
  readonly near?: GeoPoint | undefined;
  readonly radiusKm?: number | undefined;
}

/** There is no such city or place. */
export class LocationNotFound extends Error {
  override readonly name = 'LocationNotFound';
}

type Row = Omit<Location, 'distanceKm'> & {
  readonly chordKm: number | null;
  readonly metres: number;
  readonly sortName: string;
};

/** Nearest first with `near`, else by name; a city stands before its places. Typos are thought of when nothing fits. */
export const locations: Query<LocationSearch, Page<Location>> = {
  restsOn: ['venues', 'events', 'shows', 'search'],
  async run(db, { nowMs, limit, cursor, ...search }) {
    const key = readCursor(cursor, search, ['number', 'number', 'text', 'uuid']);
    const words = search.q === undefined ? null : await understand(db, search.q);
    if (search.q !== undefined && !words) return { data: [], nextCursor: null };
    const ask = async (spelling: 'begun' | 'loose'): Promise<Row[]> =>
      (await listed(search, words?.[spelling] ?? null, nowMs, limit, key?.slice(1) ?? null).execute(db)).rows;
    let guessed = key?.[0] === 1;
    let rows = await ask(guessed ? 'loose' : 'begun');
    if (rows.length === 0 && key === null && words) {
      guessed = true;
      rows = await ask('loose');
    }
    return pageOf(rows, limit, shape, (last) =>
      writeCursor(search, [guessed ? 1 : 0, last.metres, last.sortName, last.id]),
    );
  },
};

type Where = Pick<LocationSearch, 'near' | 'radiusKm'>;

function listed(
  where: Where,
  words: string | null,
  nowMs: number,
  limit: number,
  after: Key | null,
): RawBuilder<Row> {
  // In the order of the answer before anything is counted: then only one page is.
  return sql<Row>`
    select w.id, w.kind, w.name, w.city, w.country, w.lat, w.lon, w."chordKm", w.metres, w."sortName", counted.n::float8 as "eventCount"
    from (
      select * from (${places(where, words)}) places
      where ${after ? sql`(metres, "sortName", id) > (${after[0]}::float8, ${after[1]}::text collate "C", ${after[2]}::uuid)` : sql`true`}
      order by metres, "sortName", id) w
    cross join lateral (
      select count(distinct s.event_id) as n from read.shows s join read.events e on e.id = s.event_id
      where s.venue_id = any(w.venues) and not s.cancelled and e.status = 'published' and ${notOver('s', toIso(nowMs))}) counted
    where counted.n > 0
    order by w.metres, w."sortName", w.id limit ${limit + 1}`;
}

/** The events of a city or a place, in order of time. Throws LocationNotFound. */
export const locationEvents: Query<
  Paging & { readonly id: string; readonly nowMs: number },
  Page<EventFound>
> = {
  restsOn: SEARCH_RESTS_ON,
  async run(db, { id, ...paging }) {
    const known = isUuidInAnyCase(id)
      ? await sql`select 1 from read.venues where id = ${id}::uuid or city_id = ${id}::uuid limit 1`.execute(
          db,
        )
      : null;
    if (!known?.rows.length)
      throw new LocationNotFound(`There is no city or place ${id}; look at /v1/locations.`);
    const locationId = id.toLowerCase();
    const there = { find: (question: SearchQuestion) => findEvents(db, { ...question, locationId }) };
    return searchEvents(there, { ...paging, locationId });
  },
};

/** Of venues on both sides of the 180th meridian the middle is there too, not on the other side of the earth. */
const EAST = sql`avg(case when lon < 0 then lon + 360 else lon end)`;
const MIDDLE_LON = sql`case when max(lon) - min(lon) <= 180 then avg(lon) else ${EAST} - case when ${EAST} > 180 then 360 else 0 end end`;

/** Cities and venues in one list: whoever asks for a city also sees its places. */
function places({ near, radiusKm }: Where, words: string | null): RawBuilder<unknown> {
  const named = (column: RawBuilder<unknown>): RawBuilder<unknown> =>
    words === null ? sql`true` : sql`${column} @@ ${words}::tsquery`;
  const inReach =
    near && radiusKm !== undefined
      ? sql`id in (select id from read.venues where ${within(near, radiusKm)})`
      : sql`true`;
  const chord = near ? sql`point <-> ${cube(near)}` : sql`null::float8`;
  const metres = near ? sql`coalesce(round((${chord}) * 1000), ${NO_DISTANCE})::float8` : sql`0::float8`;
  return sql`
    select city_id as id, 'city' as kind, min(city) as name, min(city) as city, min(country) as country, avg(lat) as lat, ${MIDDLE_LON} as lon,
      min(${chord}) as "chordKm", min(${metres}) as metres, min(city_key) collate "C" as "sortName", array_agg(id) as venues
    from read.venues where ${named(sql`city_words`)} group by city_id having bool_or(${inReach})
    union all
    select id, 'venue', name, city, country, lat, lon, ${chord}, ${metres}, (city_key || chr(1) || name_key) collate "C", array[id]
    from read.venues where ${named(sql`(name_words || city_words)`)} and ${inReach}`;
}

function shape({ chordKm, metres: _metres, sortName: _sortName, ...location }: Row): Location {
  return {
    ...location,
    ...(chordKm !== null && { distanceKm: shownKm(chordKm) }),
  };
}
