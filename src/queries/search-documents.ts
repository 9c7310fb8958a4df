// Documents for an index outside Postgres, computed from the read models. One statement reads rows and positions together,
// so that a document says truly up to where it has seen everything.
import { sql, type RawBuilder } from 'kysely';
import type { DocumentBatch, EventDocument } from '../ports/search-documents.ts';
import { iso, type ReadModels, type View } from './query.ts';
import { ordered, venueObject } from './venue.ts';

export const DOCUMENTS_REST_ON: readonly View[] = ['events', 'shows', 'venues', 'availability'];

/** Of these events; those that the views do not know are left out. */
export async function documentsOf(db: ReadModels, eventIds: readonly string[]): Promise<DocumentBatch> {
  const { rows } = await sql<{ position: number; documents: EventDocument[] }>`
    select (select min(position) from projections where status = 'live' and name = any(${[...DOCUMENTS_REST_ON]}))::float8 as position,
      coalesce((select jsonb_agg(jsonb_build_object(
        'id', e.id, 'status', e.status, 'title', e.title, 'description', e.description, 'type', e.type, 'tags', e.tags,
        'language', e.language, 'shows', ${shows}, 'venues', ${venues}) order by e.id)
      from read.events e where e.id = any(${[...eventIds]}::uuid[])), '[]') as documents`.execute(db);
  const { position, documents } = rows[0]!;
  return { position, documents: documents.map((d) => ({ ...d, venues: d.venues.map(ordered) })) };
}

const shows: RawBuilder<unknown> = sql`
  coalesce((select jsonb_agg(jsonb_build_object(
    'id', s.id, 'startsAt', ${iso(sql`s.starts_at`)}, 'timeZone', s.time_zone,
    'month', to_char(s.starts_at at time zone s.time_zone, 'YYYY-MM'), 'venueId', s.venue_id, 'cityId', v.city_id,
    'point', case when v.lat is null or v.lon is null then null else jsonb_build_object('lat', v.lat, 'lon', v.lon) end,
    'categories', s.category_names, 'priceFrom', s.price_from, 'currency', s.currency, 'free', coalesce(a.free, 0))
    order by s.starts_at, s.id)
  from read.shows s join read.venues v on v.id = s.venue_id left join read.availability a on a.show_id = s.id
  where s.event_id = e.id and not s.cancelled), '[]')`;

const venues: RawBuilder<unknown> = sql`
  coalesce((select jsonb_agg(${venueObject} order by v.id) from read.venues v
  where v.id in (select venue_id from read.shows where event_id = e.id)), '[]')`;

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

/** Up to where all the views that documents rest on have come. */
export async function documentsPosition(db: ReadModels): Promise<number> {
  return (await documentsOf(db, [])).position;
}
