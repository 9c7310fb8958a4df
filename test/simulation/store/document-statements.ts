// The statements that make documents for the search index of the simulated views: rows of four views and their positions,
// read together.
import type { EventDocument, ShowDocument } from '../../../src/ports/search-documents.ts';
import { generationsOf, rowKey, type Statement } from './carry.ts';
import type { ReadStore, Session } from './read-store.ts';

export interface StreamRow {
  readonly stream: string;
  readonly events: number;
  readonly revision: number;
  readonly digest: number;
  /** Of a show. */
  readonly eventId: string | null;
}

type Rows = Pick<Session | ReadStore, 'scan'>;

const rowsOf = (rows: Rows, table: string): StreamRow[] =>
  (rows.scan(rowKey(`${table}_g1`, table, '')) as StreamRow[]).sort((a, b) => (a.stream < b.stream ? -1 : 1));
const idOf = ({ stream }: StreamRow): string => stream.slice(-36);

/** What the index should say of each event that the views know. */
export function documentsIn(rows: Rows): EventDocument[] {
  const shows = rowsOf(rows, 'shows');
  const free = new Map(rowsOf(rows, 'availability').map((row) => [row.stream, row]));
  const venues = rowsOf(rows, 'venues').map((row) => ({
    id: idOf(row),
    name: `House ${row.digest}`,
    address: null,
    city: 'Cadiz',
    country: null,
    lat: null,
    lon: null,
    timeZone: 'Europe/Madrid',
  }));
  return rowsOf(rows, 'events').map((row) => ({
    id: idOf(row),
    status: 'published',
    title: `Evening ${row.digest}`,
    description: null,
    type: null,
    tags: [],
    language: null,
    venues,
    // A show whose house is not known yet is left out, as by the join there.
    shows: (venues.length === 0 ? [] : shows)
      .filter(({ eventId }) => eventId === idOf(row))
      .map((show) => showDocument(show, free.get(show.stream), venues[0]?.id ?? '')),
  }));
}

function showDocument(show: StreamRow, seats: StreamRow | undefined, venueId: string): ShowDocument {
  return {
    id: idOf(show),
    startsAt: '2027-05-01T20:00:00.000Z',
    timeZone: 'Europe/Madrid',
    month: '2027-05',
    venueId,
    cityId: venueId,
    point: null,
    categories: [`show ${show.digest}`, `seats ${seats?.digest ?? 0}`],
    priceFrom: null,
    currency: null,
    free: seats?.events ?? 0,
  };
}

export const DOCUMENT_STATEMENTS: readonly Statement[] = [
  [
    'select (select min(position) from projections',
    (session, params) => {
      const [names, ids] = [params[0] as string[], new Set(params.at(-1) as string[])];
      const positions = generationsOf(session)
        .filter(({ name, status }) => status === 'live' && names.includes(name))
        .map(({ position }) => position);
      return [
        {
          position: Math.min(...positions),
          documents: documentsIn(session).filter(({ id }) => ids.has(id)),
        },
      ];
    },
  ],
  [
    'select distinct event_id as id from read.shows',
    (session, params) => {
      const [shows, venues] = params as [string[], string[]];
      // All shows are in the one venue that there is.
      const touched = rowsOf(session, 'shows').filter(
        (row) => venues.length > 0 || shows.includes(idOf(row)),
      );
      return [...new Set(touched.map(({ eventId }) => eventId))].map((id) => ({ id }));
    },
  ],
  [
    'select id from read.events',
    (session, params) => {
      const [after, limit] = params.length === 2 ? (params as [string, number]) : ['', params[0] as number];
      const ids = rowsOf(session, 'events').map((row) => idOf(row));
      return ids
        .sort()
        .filter((id) => id > after)
        .slice(0, limit)
        .map((id) => ({ id }));
    },
  ],
];
