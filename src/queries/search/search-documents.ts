// Documents for an index outside Postgres, computed from the read models. One statement reads rows and positions together,
// so that a document says truly up to where it has seen everything; it reads them flat, for putting documents together in
// Postgres, each with subqueries of its own, took five times as long.
import { sql, type RawBuilder } from 'kysely';
import type { DocumentBatch, EventDocument, ShowDocument } from '../../ports/search-documents.ts';
import { isNoSuchColumn } from '../../ports/outage.ts';
import type { VenueFound } from '../../ports/search-index.ts';
import { iso, type ReadModels, type View } from '../query.ts';
import { venueMembers } from '../venue.ts';

export const DOCUMENTS_REST_ON: readonly View[] = ['events', 'shows', 'venues', 'availability'];

type EventRow = Omit<EventDocument, 'shows' | 'venues'>;
type VenueRow = VenueFound & { readonly cityId: string };
type ShowRow = Omit<ShowDocument, 'cityId' | 'point'> & {
  readonly eventId: string;
  readonly cancelled: boolean;
};
interface Rows {
  readonly position: number;
  readonly events: readonly EventRow[];
  readonly shows: readonly ShowRow[];
  readonly venues: readonly VenueRow[];
}

/** Of these events; those that the views do not know are left out. */
export async function documentsOf(db: ReadModels, eventIds: readonly string[]): Promise<DocumentBatch> {
  const wanted = sql`any(${[...eventIds]}::uuid[])`;
  const { rows } = await sql<Rows>`
    select
      (select min(position) from projections where status = 'live' and name = any(${[...DOCUMENTS_REST_ON]}))::float8 as position,
      ${listOf(EVENT, sql`read.events e where e.id = ${wanted}`, sql`e.id`)} as events,
      ${listOf(
        SHOW,
        sql`read.shows s left join read.availability a on a.show_id = s.id where s.event_id = ${wanted}`,
        sql`s.starts_at, s.id`,
      )} as shows,
      ${listOf(
        sql`json_build_object(${venueMembers}, 'cityId', v.city_id)`,
        sql`read.venues v where v.id in (select venue_id from read.shows where event_id = ${wanted})`,
        sql`v.id`,
      )} as venues`.execute(db);
  const { position, events, shows, venues } = rows[0]!;
  const [showsOf, known] = [
    Map.groupBy(shows, ({ eventId }) => eventId),
    new Map(venues.map(({ cityId, ...found }) => [found.id, { found, cityId }])),
  ];
  return {
    position,
    documents: events.map((event) => documentOf(event, showsOf.get(event.id) ?? [], known)),
  };
}

const EVENT = sql`json_build_object('id', e.id, 'status', e.status, 'title', e.title, 'description', e.description,
  'type', e.type, 'tags', e.tags, 'language', e.language)`;

const SHOW = sql`json_build_object('eventId', s.event_id, 'cancelled', s.cancelled, 'id', s.id,
  'startsAt', ${iso(sql`s.starts_at`)}, 'timeZone', s.time_zone,
  'month', to_char(s.starts_at at time zone s.time_zone, 'YYYY-MM'), 'venueId', s.venue_id,
  'categories', s.category_names, 'amounts', s.category_amounts, 'priceFrom', s.price_from, 'currency', s.currency, 'free', coalesce(a.free, 0))`;

const listOf = (object: RawBuilder<unknown>, from: RawBuilder<unknown>, order: RawBuilder<unknown>) =>
  sql`coalesce((select json_agg(${object} order by ${order}) from ${from}), '[]')`;

type Venues = ReadonlyMap<string, { readonly found: VenueFound; readonly cityId: string }>;

/** `shows`: in order of time, cancelled ones among them. */
function documentOf(event: EventRow, shows: readonly ShowRow[], venues: Venues): EventDocument {
  const playsAt = [...new Set(shows.map(({ venueId }) => venueId))].toSorted();
  return {
    ...event,
    shows: shows.flatMap(({ eventId: _eventId, cancelled, ...show }) => {
      const venue = venues.get(show.venueId);
      if (cancelled || venue === undefined) return [];
      const { lat, lon } = venue.found;
      const point = lat === null || lon === null ? null : { lat, lon };
      return [{ ...show, cityId: venue.cityId, point }];
    }),
    venues: playsAt.flatMap((id) => venues.get(id)?.found ?? []),
  };
}
/** Events whose documents say something of these shows and venues. */
export async function eventsTouching(
  db: ReadModels,
  touched: { readonly shows: readonly string[]; readonly venues: readonly string[] },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct event_id as id from read.shows
    where id = any(${[...touched.shows]}::uuid[]) or venue_id = any(${[...touched.venues]}::uuid[])`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** All there are, in order, page by page. */
export async function eventIdsAfter(db: ReadModels, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from read.events where ${after === null ? sql`true` : sql`id > ${after}::uuid`}
    order by id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** How often rows that documents rest on were made anew otherwise than by new events. */
export async function timesRemade(db: ReadModels): Promise<number> {
  const { rows } = await sql<{ times: number }>`
    select coalesce(sum(remade), 0)::int as times from projections
    where status = 'live' and name = any(${[...DOCUMENTS_REST_ON]})`.execute(db);
  return rows[0]!.times;
}

/** The origin of a generation, that documents were made from: a log (`identityOf`), by way of views that may have been made anew. */
export const originOfDocuments = (log: string, remade: number): string =>
  remade === 0 ? log : `${log} ${remade}`;

/** false: a view that they rest on is of another version of the program, and does not have all that they say. */
export async function canMakeDocuments(db: ReadModels): Promise<boolean> {
  try {
    await documentsOf(db, []);
    return true;
  } catch (error) {
    if (isNoSuchColumn(error)) return false;
    throw error;
  }
}

/** Up to where all the views that documents rest on have come. */
export async function documentsPosition(db: ReadModels): Promise<number> {
  return (await documentsOf(db, [])).position;
}
