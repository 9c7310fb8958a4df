// Search, page by page, whatever the index is: what was asked for and left out, where a page begins and where it ends.
import { toIso } from '../../domain/decider.ts';
import type {
  EventFound,
  Facets,
  SearchFilters,
  SearchHit,
  SearchIndex,
  SearchQuestion,
} from '../../ports/search-index.ts';
import { pageOf, readCursor, writeCursor } from '../cursor.ts';
import type { Page, Paging } from '../query.ts';

export interface EventSearch extends SearchFilters, Paging {
  /** ms since 1970: the default of `from`. */
  readonly nowMs: number;
  readonly from?: string | undefined;
  readonly sort?: SearchQuestion['sort'] | undefined;
  /** Id of a city or a venue: its shows that are not over. Only the read models know it. */
  readonly locationId?: string | undefined;
}

export async function searchEvents(
  index: Pick<SearchIndex, 'find'>,
  search: EventSearch,
): Promise<Page<EventFound>> {
  return pageAsked(search, (question) => index.find(question));
}

/** The same, with what all the events found have in common, on whatever page. */
export async function searchWithFacets(
  index: Pick<SearchIndex, 'findWithFacets'>,
  search: EventSearch,
): Promise<Page<EventFound> & { readonly facets: Facets }> {
  let facets: Facets | undefined;
  const page = await pageAsked(search, async (question) => {
    const found = await index.findWithFacets(question);
    facets = found.facets;
    return found.hits;
  });
  return { ...page, facets: facets! };
}

async function pageAsked(
  search: EventSearch,
  find: (question: SearchQuestion) => Promise<readonly SearchHit[]>,
): Promise<Page<EventFound>> {
  const { question, sort, from, after } = asked(search);
  const hits = await find({ ...question, sort, from, after, limit: search.limit + 1 });
  return pageOf(
    hits,
    search.limit,
    ({ event }) => event,
    (last) => writeCursor(question, [from, last.key, last.event.id]),
  );
}

/** A cursor belongs to its question, and keeps the moment of the first page. */
function asked(search: EventSearch) {
  const { limit: _limit, cursor, nowMs, ...question } = search;
  const sort = sortOf(search);
  const key = readCursor(cursor, question, ['time', sort === 'startsAt' ? 'time' : 'number', 'uuid']);
  const from = (key?.[0] as string | undefined) ?? search.from ?? toIso(nowMs);
  return { question, sort, from, after: key && ([key[1]!, String(key[2])] as const) };
}

/** What was asked for, where it means something: else the default. */
function sortOf({ sort, q, near }: EventSearch): SearchQuestion['sort'] {
  if (sort === 'startsAt' || (sort === 'distance' && near)) return sort;
  if (q !== undefined && sort !== 'distance') return 'relevance';
  return near ? 'distance' : 'startsAt';
}
