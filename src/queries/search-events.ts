// Search: which events on public view have a show that matches, the first such show of each, in the order asked for.
import { sql } from 'kysely';
import type { Money } from '../domain/decider.ts';
import { toIso } from '../domain/decider.ts';
import { chordOf, groundOf } from '../domain/globe.ts';
import { pageOf, readCursor, writeCursor } from './cursor.ts';
import { byRelevance, inOrder, type Asked, type EventRow, type EventSearch } from './event-search-sql.ts';
import { venuesWithin } from './nearness.ts';
import { isUuid, type Page, type Query, type ReadModels } from './query.ts';
import { understand } from './search-words.ts';
import { ordered, type Venue } from './venue.ts';

export type { EventSearch } from './event-search-sql.ts';

export interface EventFound {
  readonly id: string;
  readonly title: string;
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly status: string;
  readonly nextShow: {
    readonly id: string;
    readonly startsAt: string;
    readonly timeZone: string;
    readonly venue: Venue;
  };
  /** The lowest price of the shows that match. */
  readonly priceFrom: Money | null;
  /** Of `nextShow`. */
  readonly free: number;
  readonly distanceKm?: number;
}

/** Kilometres: most questions about what is near are answered by what is very near. */
const REACHES = [30, 300];

export const searchEvents: Query<EventSearch, Page<EventFound>> = {
  restsOn: ['events', 'shows', 'venues', 'availability', 'search'],
  async run(db, search) {
    const { limit, cursor, nowMs, ...question } = search;
    const sort = sortOf(search);
    const key = readCursor(cursor, question, ['time', sort === 'startsAt' ? 'time' : 'number', 'uuid']);
    const from = (key?.[0] as string | undefined) ?? search.from ?? toIso(nowMs);
    const words = search.q === undefined ? null : await understand(db, search.q);
    if (search.q !== undefined && !words) return { data: [], nextCursor: null };
    const venues = await venuesWanted(db, search);
    const rows =
      venues?.length === 0
        ? []
        : await find(db, { search, sort, from, words, venues, after: key?.slice(1) ?? null });
    return pageOf(rows, limit, shape, (last) => writeCursor(question, [from, last.key, last.id]));
  },
};

/** What was asked for, where it means something: else the default. */
function sortOf({ sort, q, near }: EventSearch): Asked['sort'] {
  if (sort === 'startsAt' || (sort === 'distance' && near)) return sort;
  if (q !== undefined && sort !== 'distance') return 'relevance';
  return near ? 'distance' : 'startsAt';
}

async function find(db: ReadModels, asked: Asked): Promise<EventRow[]> {
  const { search, sort, words, after } = asked;
  if (sort === 'relevance' && words) return (await byRelevance(asked, words).execute(db)).rows;
  if (sort === 'distance' && search.near) {
    for (const reachKm of REACHES) {
      // Nothing nearer than where the page before ended, or everything wanted is as near as this.
      if (reachKm >= (search.radiusKm ?? Infinity) || Number(after?.[0] ?? 0) >= chordOf(reachKm) * 1000)
        continue;
      const { rows } = await inOrder(asked, await venuesWithin(db, search.near, reachKm)).execute(db);
      if (rows.length > search.limit) return rows;
    }
  }
  return (await inOrder(asked, null).execute(db)).rows;
}

/** null: it does not matter where. */
async function venuesWanted(
  db: ReadModels,
  { near, radiusKm, locationId }: EventSearch,
): Promise<string[] | null> {
  if (locationId !== undefined) {
    if (!isUuid(locationId)) return [];
    const found = await sql<{
      id: string;
    }>`select id from read.venues where id = ${locationId}::uuid or city_id = ${locationId}::uuid`.execute(
      db,
    );
    return found.rows.map((row) => row.id);
  }
  return near && radiusKm !== undefined ? venuesWithin(db, near, radiusKm) : null;
}

function shape({
  id,
  title,
  type,
  tags,
  language,
  status,
  showId,
  startsAt,
  timeZone,
  venue,
  price,
  free,
  chordKm,
}: EventRow): EventFound {
  return {
    id,
    title,
    type,
    tags,
    language,
    status,
    nextShow: { id: showId, startsAt, timeZone, venue: ordered(venue) },
    priceFrom: price && { amount: price.amount, currency: price.currency },
    free,
    ...(chordKm !== null && { distanceKm: Math.round(groundOf(chordKm) * 1000) / 1000 }),
  };
}
