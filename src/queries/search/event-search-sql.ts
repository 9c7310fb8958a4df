// The statements behind the search of events: by time, by distance, by relevance. All of them find an event by its first
// show that matches, and read one page and no more.
import { sql, type RawBuilder } from 'kysely';
import type { Money } from '../../domain/decider.ts';
import { fold } from '../../domain/words.ts';
import type { PriceRange, SearchFilters, SearchQuestion, VenueFound } from '../../ports/search-index.ts';
import { documentQuery } from './document-query.ts';
import { cube, NO_DISTANCE, type VenueThere } from './nearness.ts';
import { allOf, iso, storable } from '../query.ts';
import type { Understood } from './search-words.ts';
import { venueObject } from '../venue.ts';

/** An event as a row, with its first show that matches. */
export interface EventRow {
  readonly id: string;
  readonly title: string;
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly status: string;
  readonly free: number;
  readonly showId: string;
  readonly startsAt: string;
  readonly timeZone: string;
  readonly venue: VenueFound;
  readonly price: Money | null;
  readonly chordKm: number | null;
  readonly key: number | string;
}

export interface PostgresFilters extends SearchFilters {
  /** Id of a city or a venue: its shows that are not over. */
  readonly locationId?: string | undefined;
}

export interface Asked {
  readonly search: PostgresFilters;
  readonly from: string;
  readonly words: Understood | null;
  /** The shows must be at one of them; null: anywhere. */
  readonly venues: readonly VenueThere[] | null;
}

/** One page of it. */
export interface AskedPage extends Asked {
  readonly sort: SearchQuestion['sort'];
  /** Sort key and id of the last event of the page before. */
  readonly after: SearchQuestion['after'];
  readonly limit: number;
}

/**
 * By time or by distance. `reached`: shows elsewhere are not looked at, though they count as shows of their event.
 * What a page shows is joined to its few rows only: with all in one join, planning took as long as the rest.
 */
export function inOrder(asked: AskedPage, reached: readonly VenueThere[] | null): RawBuilder<EventRow> {
  const { search, sort, after } = asked;
  const byDistance = sort === 'distance' && search.near;
  const key = byDistance
    ? sql`coalesce(round((v.point <-> ${cube(search.near)}) * 1000), ${NO_DISTANCE})::float8`
    : sql`s.starts_at`;
  const bound = byDistance ? sql`${after?.[0]}::float8` : sql`${after?.[0]}::timestamptz`;
  return sql<EventRow>`
    select ${columns(asked, byDistance ? sql`s.key` : iso(sql`s.key`))}
    from (
      select s.id, s.event_id, s.venue_id, s.starts_at, s.time_zone, ${key} as key
      from read.shows s
      join read.events e on e.id = s.event_id
      join read.venues v on v.id = s.venue_id
      ${worded(reached ? { ...asked, venues: reached } : asked)}
      where ${matching('s', asked)} and ${onView(search)}
        and ${reached ? atOneOf('s', reached) : sql`true`}
        and not exists (select 1 from read.shows f where f.event_id = s.event_id and (f.starts_at, f.id) < (s.starts_at, s.id) and ${matching('f', asked)})
        and ${after ? sql`(${key}, s.event_id) > (${bound}, ${after[1]}::uuid)` : sql`true`}
      order by ${key}, s.event_id limit ${asked.limit}) s
    join read.events e on e.id = s.event_id
    join read.venues v on v.id = s.venue_id
    left join read.availability a on a.show_id = s.id
    order by s.key, s.event_id`;
}

/** An event found by its words, among so many that were looked at. */
export interface RankedRow extends EventRow {
  readonly candidates: number;
}

/**
 * Ranked first, and only the best ones looked at: the subquery's order is that of the answer, so its limit ends the work.
 * `candidatesMax`: so many of the best by words alone, which may be too few for a page of what is asked for; null: all.
 */
export function byRelevance(
  asked: AskedPage,
  { whole, loose, terse }: Understood,
  candidatesMax: number | null,
): RawBuilder<RankedRow> {
  const { after } = asked;
  const conditions = [sql`d.document @@ ${documentQuery(asked, terse)}`];
  if (candidatesMax === null) conditions.push(...foundOutBefore(asked));
  const score = sql`round((2 * ts_rank(d.document, ${whole}::tsquery, 1) + ts_rank(d.document, ${loose}::tsquery, 1)) * 1e6)::float8`;
  return sql<RankedRow>`
    with best as materialized (
      select * from (select d.event_id as id, ${score} as score from read.documents d where ${allOf(conditions)}) scored
      where ${after ? sql`(-score, id) > (-(${after[0]}::float8), ${after[1]}::uuid)` : sql`true`}
      order by score desc, id limit ${candidatesMax})
    select ${columns(asked, sql`best.score`)}, (select count(*)::float8 from best) as candidates
    from best
    join read.events e on e.id = best.id
    cross join lateral (select * from read.shows s where s.event_id = best.id and ${matching('s', asked)} order by s.starts_at, s.id limit 1) s
    join read.venues v on v.id = s.venue_id
    left join read.availability a on a.show_id = s.id
    where ${onView(asked.search)}
    order by best.score desc, best.id limit ${asked.limit}`;
}

/** Where few events or shows match, that is found out before anything is ranked. */
function foundOutBefore(asked: Asked): RawBuilder<unknown>[] {
  const { search, venues } = asked;
  const conditions = [];
  if (search.type !== undefined || (search.tags?.length ?? 0) > 0)
    conditions.push(sql`exists (select 1 from read.events e where e.id = d.event_id and ${onView(search)})`);
  if (venues !== null || asksShows(search))
    conditions.push(
      sql`exists (select 1 from read.shows s where s.event_id = d.event_id and ${matching('s', asked)})`,
    );
  return conditions;
}

/** For what documents know nothing of: a time before which, a price category, a price. */
export const asksShows = ({ to, category, price }: SearchFilters): boolean =>
  to !== undefined || category !== undefined || price !== undefined;

/** Joined to an event by the alias `e`: the document that has the words, where any are asked for. */
export const worded = (asked: Asked): RawBuilder<unknown> =>
  asked.words
    ? sql`join read.documents d on d.event_id = e.id and d.document @@ ${documentQuery(asked, asked.words.terse)}`
    : sql``;

function columns(asked: Asked, key: RawBuilder<unknown>): RawBuilder<unknown> {
  const { near } = asked.search;
  return sql`e.id, e.title, e.type, e.tags, e.language, e.status, s.id as "showId", ${iso(sql`s.starts_at`)} as "startsAt", s.time_zone as "timeZone",
    ${venueObject} as venue, ${cheapest(asked)} as price, coalesce(a.free, 0) as free,
    ${near ? sql`v.point <-> ${cube(near)}` : sql`null::float8`} as "chordKm", ${key} as key`;
}

/** Of all shows of the event that match. */
const cheapest = (asked: Asked): RawBuilder<unknown> =>
  sql`(select jsonb_build_object('amount', c.price_from, 'currency', c.currency) from read.shows c
    where c.event_id = e.id and ${matching('c', asked)} and c.price_from is not null order by c.price_from, c.id limit 1)`;

/** What concerns the event itself. */
export function onView({ type, tags }: SearchFilters): RawBuilder<unknown> {
  const conditions = [sql`e.status = 'published'`];
  if (type !== undefined) conditions.push(sql`e.type = ${storable(type)}`);
  if (tags !== undefined && tags.length > 0) conditions.push(sql`e.tags @> ${tags.map(storable)}::text[]`);
  return allOf(conditions);
}

/** Whether a show, by its alias, is one of those asked for. */
export function matching(
  alias: string,
  { search: { to, category, price, locationId }, from, venues }: Asked,
): RawBuilder<unknown> {
  const column = (name: string): RawBuilder<unknown> => sql.ref(`${alias}.${name}`);
  const conditions = [
    sql`not ${column('cancelled')}`,
    locationId === undefined ? sql`${column('starts_at')} >= ${from}::timestamptz` : notOver(alias, from),
  ];
  if (to !== undefined) conditions.push(sql`${column('starts_at')} < ${to}::timestamptz`);
  if (category !== undefined)
    conditions.push(sql`${column('category_names')} @> array[${storable(fold(category))}::text]`);
  if (price !== undefined) conditions.push(priced(alias, price, category));
  if (venues !== null) conditions.push(atOneOf(alias, venues));
  return allOf(conditions);
}

/** Most shows are told apart by their lowest and highest price, which is quicker than looking at each. */
function priced(
  alias: string,
  { currency, min, max }: PriceRange,
  category: string | undefined,
): RawBuilder<unknown> {
  const column = (name: string): RawBuilder<unknown> => sql.ref(`${alias}.${name}`);
  const named = category === undefined ? sql`true` : sql`c.name = ${storable(fold(category))}`;
  return sql`(${column('currency')} = ${currency}
    and ${column('price_from')} <= ${max}::bigint and ${column('price_to')} >= ${min}::bigint
    and exists (select 1 from unnest(${column('category_names')}, ${column('category_amounts')}) as c (name, amount)
      where c.amount between ${min}::bigint and ${max}::bigint and ${named}))`;
}

const atOneOf = (alias: string, venues: readonly VenueThere[]): RawBuilder<unknown> =>
  sql`${sql.ref(`${alias}.venue_id`)} = any(${venues.map(({ id }) => id)}::uuid[])`;

/** A show that has not ended, as far as it is known when it ends. */
export const notOver = (alias: string, now: string): RawBuilder<unknown> =>
  sql`coalesce(${sql.ref(`${alias}.ends_at`)}, ${sql.ref(`${alias}.starts_at`)}) >= ${now}::timestamptz`;
