// Search in the read models: the index that needs no other service.
import { sql } from 'kysely';
import { chordOf, shownKm } from '../../domain/globe.ts';
import { Fault } from '../../ports/fault.ts';
import { isNoSuchColumn } from '../../ports/outage.ts';
import {
  NO_FACETS,
  type EventFound,
  type SearchFound,
  type SearchHit,
  type SearchIndex,
  type SearchQuestion,
} from '../../ports/search-index.ts';
import {
  asksShows,
  byRelevance,
  inOrder,
  type Asked,
  type AskedPage,
  type EventRow,
  type PostgresFilters,
  type RankedRow,
} from './event-search-sql.ts';
import { countFacets } from './facets-sql.ts';
import { venuesWhere, within, type VenueThere } from './nearness.ts';
import { isUuidInAnyCase, type ReadModels, type View } from '../query.ts';
import { understand, type Understood } from './search-words.ts';

export const SEARCH_RESTS_ON: readonly View[] = ['events', 'shows', 'venues', 'availability', 'search'];

/** Kilometres: most questions about what is near are answered by what is very near. */
const REACHES = [30, 300];

/** Looked at for each hit of a page: some are drafts, over, or of another kind. */
const CANDIDATES_PER_HIT = 4;

const WITHOUT_PRICES =
  'The view of shows was made by an older version, without prices, and is being made anew; try again soon.';
const RETRY_AFTER_S = 2;

/** How far views have come. */
export interface ViewPositions {
  positionOf(name: View): number;
  waitFor(names: readonly View[], position: number, timeoutMs: number): Promise<unknown>;
}

/** What has reached what all of these views have. */
export const followerOf = (positions: ViewPositions, views: readonly View[]) => ({
  position: () =>
    views.reduce((least, name) => Math.min(least, positions.positionOf(name)), Number.MAX_SAFE_INTEGER),
  waitFor: (position: number, timeoutMs: number) => positions.waitFor(views, position, timeoutMs),
});

export const postgresSearch = (db: ReadModels, positions: ViewPositions): SearchIndex => ({
  find: (question) => answered(question, findEvents(db, question)),
  async findWithFacets(question) {
    return answered(question, findBoth(db, question));
  },
  ...followerOf(positions, SEARCH_RESTS_ON),
});

/** Shows that an older program has written have no prices to be found by, until this one has made them anew. */
async function answered<T>({ price }: SearchQuestion, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (price === undefined || !isNoSuchColumn(cause)) throw cause;
    throw new Fault('SearchUnavailable', WITHOUT_PRICES, { retryAfterS: RETRY_AFTER_S, cause });
  }
}

type Question = SearchQuestion & PostgresFilters;

export async function findEvents(db: ReadModels, question: Question): Promise<SearchHit[]> {
  const asked = await understood(db, question);
  return asked === null ? [] : hitsOf(db, asked, question);
}

async function findBoth(db: ReadModels, question: Question): Promise<SearchFound> {
  const asked = await understood(db, question);
  if (asked === null) return { hits: [], facets: NO_FACETS };
  const [hits, facets] = await Promise.all([hitsOf(db, asked, question), countFacets(db, asked)]);
  return { hits, facets };
}

async function hitsOf(db: ReadModels, asked: Asked, { sort, after, limit }: Question): Promise<SearchHit[]> {
  const rows = await find(db, { ...asked, sort, after, limit });
  return rows.map((row) => ({ event: shape(row), key: row.key }));
}

/** null: nothing can be found by it. */
async function understood(
  db: ReadModels,
  question: PostgresFilters & { readonly from: string },
): Promise<Asked | null> {
  const words = question.q === undefined ? null : await understand(db, question.q);
  if (question.q !== undefined && !words) return null;
  const venues = await venuesWanted(db, question);
  return venues?.length === 0 ? null : { search: question, from: question.from, words, venues };
}

async function find(db: ReadModels, asked: AskedPage): Promise<EventRow[]> {
  const { search, sort, words, after, limit } = asked;
  if (sort === 'relevance' && words) return ranked(db, asked, words);
  if (sort === 'distance' && search.near) {
    for (const reachKm of REACHES) {
      // Nothing nearer than where the page before ended, or everything wanted is as near as this.
      if (reachKm >= (search.radiusKm ?? Infinity) || Number(after?.[0] ?? 0) >= chordOf(reachKm) * 1000)
        continue;
      const { rows } = await inOrder(asked, await venuesWhere(db, within(search.near, reachKm))).execute(db);
      if (rows.length >= limit) return rows;
    }
  }
  return (await inOrder(asked, null).execute(db)).rows;
}

/** The best by words alone are usually a page; where they are not, all that match are ranked. */
async function ranked(db: ReadModels, asked: AskedPage, words: Understood): Promise<RankedRow[]> {
  const { search, limit } = asked;
  const candidatesMax = CANDIDATES_PER_HIT * limit;
  if (!asksShows(search)) {
    const { rows } = await byRelevance(asked, words, candidatesMax).execute(db);
    if (rows.length === limit || (rows[0] && rows[0].candidates < candidatesMax)) return rows;
  }
  return (await byRelevance(asked, words, null).execute(db)).rows;
}

/** null: it does not matter where. */
async function venuesWanted(
  db: ReadModels,
  { near, radiusKm, locationId }: PostgresFilters,
): Promise<VenueThere[] | null> {
  if (locationId !== undefined) {
    if (!isUuidInAnyCase(locationId)) return [];
    return venuesWhere(db, sql`id = ${locationId}::uuid or city_id = ${locationId}::uuid`);
  }
  return near && radiusKm !== undefined ? venuesWhere(db, within(near, radiusKm)) : null;
}

function shape(row: EventRow): EventFound {
  const { id, title, type, tags, language, status, showId, startsAt, timeZone, venue, price, free, chordKm } =
    row;
  return {
    id,
    title,
    type,
    tags,
    language,
    status,
    nextShow: { id: showId, startsAt, timeZone, venue },
    priceFrom: price && { amount: price.amount, currency: price.currency },
    free,
    ...(chordKm !== null && { distanceKm: shownKm(chordKm) }),
  };
}
