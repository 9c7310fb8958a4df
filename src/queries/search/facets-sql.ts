// What the events found have in common, counted in the read models.
import { sql, type RawBuilder } from 'kysely';
import { FACET_MONTHS_MAX, FACET_VALUES_MAX, type Facets } from '../../ports/search-index.ts';
import { documentQuery } from './document-query.ts';
import { asksShows, matching, onView, worded, type Asked } from './event-search-sql.ts';
import type { ReadModels } from '../query.ts';

/**
 * One walk over the shows that match, and each count from it. Many events are of the same type and tags: their tags are
 * taken apart once.
 */
export async function countFacets(db: ReadModels, asked: Asked): Promise<Facets> {
  const counted = await sql<{ facets: Facets }>`
    with found as materialized (
      select e.id, e.type, e.tags, v.city_id, date_trunc('month', s.starts_at at time zone s.time_zone) as month
      from read.shows s join read.events e on e.id = s.event_id join read.venues v on v.id = s.venue_id ${withWords(asked)}
        and ${matching('s', asked)} and ${onView(asked.search)}),
    kinds as materialized (
      select type, tags, count(*) as events from (
        select min(type collate "C") as type, min(tags) as tags from found group by id) apart
      group by 1, 2)
    select jsonb_build_object(
      'types', (select ${list} from (
        select type as value, sum(events) as count from kinds where type is not null
        group by 1 order by 2 desc, 1 limit ${FACET_VALUES_MAX}::int) f),
      'tags', (select ${list} from (
        select tag collate "C" as value, sum(events) as count from kinds, lateral (select distinct tag from unnest(tags) tag) apart
        group by 1 order by 2 desc, 1 limit ${FACET_VALUES_MAX}::int) f),
      'cities', (select coalesce(jsonb_agg(jsonb_build_object('id', city_id, 'name', name, 'country', country, 'count', count)), '[]') from (
        select city_id, name, country, count from (
          select city_id, count(*) as count from (select distinct id, city_id from found) apart group by 1) counted
        join (select city_id, min(city collate "C") as name, min(country collate "C") as country from read.venues group by 1) named
        using (city_id) order by count desc, city_id limit ${FACET_VALUES_MAX}::int) f),
      'months', (select ${list} from (
        select to_char(month, 'YYYY-MM') as value, count(*) as count from (select distinct id, month from found) apart
        group by month order by month limit ${FACET_MONTHS_MAX}::int) f)) as facets`.execute(db);
  const { types, tags, cities, months } = counted.rows[0]!.facets;
  return {
    types: types.map(facet),
    tags: tags.map(facet),
    cities: cities.map(({ id, name, country, count }) => ({ id, name, country, count })),
    months: months.map(facet),
  };
}

/**
 * Ends in a condition. What has the words is known before any show is looked at: as an array it is found in one pass over
 * the index of shows, where a join looks each of them up, or reads all events. A time or a price may leave fewer
 * shows than words do: then the planner begins where it likes.
 */
function withWords(asked: Asked): RawBuilder<unknown> {
  if (!asked.words || asksShows(asked.search)) return sql`${worded(asked)} where true`;
  return sql`where s.event_id = any(array(
    select d.event_id from read.documents d where d.document @@ ${documentQuery(asked, asked.words.terse)}))`;
}

const list = sql`coalesce(jsonb_agg(jsonb_build_object('value', value, 'count', count)), '[]')`;
/** jsonb sorts members by length. */
const facet = ({ value, count }: { value: string; count: number }) => ({ value, count });
