// What the events found have in common, as OpenSearch counts it: events, though cities and months are those of shows.
import { FACET_MONTHS_MAX, FACET_VALUES_MAX, type Facets } from '../../ports/search-index.ts';

const size = FACET_VALUES_MAX;
const events = { reverse_nested: {} };

/** `shows`: the shows that match. */
export const facetsAsked = (shows: object) => ({
  types: { terms: { field: 'type', size } },
  tags: { terms: { field: 'tags', size } },
  shows: {
    nested: { path: 'shows' },
    aggs: {
      asked: {
        filter: shows,
        aggs: {
          cities: {
            terms: { field: 'shows.cityId', size, order: [{ events: 'desc' }, { _key: 'asc' }] },
            aggs: {
              events,
              name: { terms: { field: 'shows.city', size: 1, order: { _key: 'asc' } } },
              country: { terms: { field: 'shows.country', size: 1, order: { _key: 'asc' } } },
            },
          },
          months: {
            terms: { field: 'shows.month', size: FACET_MONTHS_MAX, order: { _key: 'asc' } },
            aggs: { events },
          },
        },
      },
    },
  },
});

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
}
interface Terms<B = Bucket> {
  readonly buckets: readonly B[];
}
type OfShows = Bucket & { readonly events: { readonly doc_count: number } };

export function facetsOf(aggregations: unknown): Facets {
  const { types, tags, shows } = aggregations as {
    types: Terms;
    tags: Terms;
    shows: { asked: { cities: Terms<OfShows & { name: Terms; country: Terms }>; months: Terms<OfShows> } };
  };
  const facet = ({ key, doc_count }: Bucket) => ({ value: key, count: doc_count });
  return {
    types: types.buckets.map(facet),
    tags: tags.buckets.map(facet),
    cities: shows.asked.cities.buckets.map((city) => ({
      id: city.key,
      name: city.name.buckets[0]?.key ?? '',
      country: city.country.buckets[0]?.key ?? null,
      count: city.events.doc_count,
    })),
    months: shows.asked.months.buckets.map((month) => ({ value: month.key, count: month.events.doc_count })),
  };
}
