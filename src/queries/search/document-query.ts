// What the document of an event must say for the event to be found. A document has the words of type, tags and cities too,
// so what is asked of these is asked of the index of documents as well: fewer are fetched, ranked and compared with it.
import { sql, type RawBuilder } from 'kysely';
import { wordsOf } from '../../domain/words.ts';
import type { SearchFilters } from '../../ports/search-index.ts';
import type { VenueThere } from './nearness.ts';
import { storable } from '../query.ts';

/** More of them keep out too little for what they cost. */
const CITIES_MAX = 20;

/** A `tsquery` of words, as `understand` gives them, that keeps no event out that the filters let in. */
export function documentQuery(
  { search, venues }: { search: SearchFilters; venues: readonly VenueThere[] | null },
  words: string,
): RawBuilder<unknown> {
  const parts = [sql`${words}::tsquery`];
  const kinds = wordsOf(storable([search.type ?? '', ...(search.tags ?? [])].join(' ')));
  // By the parser that cut the documents.
  if (kinds.length > 0) parts.push(sql`plainto_tsquery('simple', ${kinds.join(' ')})`);
  const cities = venues && anyOf(venues);
  if (cities !== null) parts.push(sql`${cities}::tsquery`);
  return sql`(${sql.join(parts, sql` && `)})`;
}

/** null: the words of their cities say nothing, for a name without any would be in every document. */
function anyOf(venues: readonly VenueThere[]): string | null {
  const cities = [...new Set(venues.map(({ cityQuery }) => cityQuery))];
  if (cities.length === 0 || cities.length > CITIES_MAX) return null;
  if (cities.some((city) => wordsOf(city).length === 0)) return null;
  return cities.map((city) => `(${city})`).join(' | ');
}
