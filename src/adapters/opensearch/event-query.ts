// Questions in OpenSearch's own words: filters on the event and on its shows, and what somebody may have meant by the
// words they typed.
import { fold, isGuessed } from '../../domain/words.ts';
import type { SearchFilters } from '../../ports/search-index.ts';
import { PREFIX_LENGTH_MIN } from './mapping.ts';
import { priceBounds } from './price-words.ts';

type Clause = Record<string, unknown>;
type Asked = SearchFilters & { readonly from: string };

/** Two slips are forgiven in words as long as this. */
const LONG = 6;
const EXACT = ['words.title^6', 'words.labels^2', 'words.description'];
const STEMMED = ['words.titleStems.*^6', 'words.descriptionStems.*'];
/** Of what is worth a word that is there as it was typed. */
const STEM_WORTH = 0.9;
const BEGUN_WORTH = 1;
const MISTYPED_WORTH = 0.1;

/** Of events on public view with a show that matches. `words`: of `q`, and whether each is known. */
export function eventQuery(asked: Asked, words: readonly Word[], within?: Clause): Clause {
  const { type, tags } = asked;
  const filter: Clause[] = [
    { term: { status: 'published' } },
    { nested: { path: 'shows', query: showsAsked(asked), score_mode: 'none' } },
  ];
  if (type !== undefined) filter.push({ term: { type: valid(type) } });
  for (const tag of tags ?? []) filter.push({ term: { tags: valid(tag) } });
  if (within) filter.push(within);
  return { bool: { filter, must: words.map(meant) } };
}

/** Inside `shows`. */
export function showsAsked(asked: Asked): Clause {
  const { from, to, category, near, radiusKm } = asked;
  const filter: Clause[] = [
    { range: { 'shows.startsAt': { gte: from, ...(to !== undefined && { lt: to }) } } },
  ];
  if (category !== undefined) filter.push({ term: { 'shows.categories': valid(fold(category)) } });
  const prices = priceBounds(asked);
  if (prices) filter.push({ range: { 'shows.prices': prices } });
  if (near && radiusKm !== undefined) filter.push(isWithin(near, radiusKm));
  return { bool: { filter } };
}

/** Some show of the event is within reach, whether it matches or not. */
export const showWithin = (near: NonNullable<Asked['near']>, km: number): Clause => ({
  nested: { path: 'shows', query: isWithin(near, km), score_mode: 'none' },
});

const isWithin = ({ lat, lon }: NonNullable<Asked['near']>, km: number): Clause => ({
  geo_distance: { distance: `${km}km`, 'shows.point': { lat, lon } },
});

export interface Word {
  readonly word: string;
  /** Some word in use begins so: then it is rarely a slip for another one. */
  readonly known: boolean;
}

export const begins = (word: string): Clause => ({ prefix: { 'words.all': { value: word } } });

/** As it is, with another ending, as a beginning, or mistyped. */
function meant({ word, known }: Word): Clause {
  const queries: Clause[] = [
    { multi_match: { query: word, fields: EXACT } },
    { multi_match: { query: word, fields: STEMMED, boost: STEM_WORTH } },
  ];
  if (word.length >= PREFIX_LENGTH_MIN) queries.push(boosted(begins(word), BEGUN_WORTH));
  const fuzziness = slipsOf(word, known);
  if (fuzziness > 0)
    queries.push({ multi_match: { query: word, fields: EXACT, fuzziness, boost: MISTYPED_WORTH } });
  return { dis_max: { queries } };
}

function slipsOf(word: string, known: boolean): number {
  if (!isGuessed(word)) return 0;
  if (known) return word.length >= LONG ? 1 : 0;
  return word.length >= LONG ? 2 : 1;
}

const boosted = (filter: Clause, boost: number): Clause => ({ constant_score: { filter, boost } });
/** JSON of half a character is refused. */
const valid = (text: string): string => text.toWellFormed();
