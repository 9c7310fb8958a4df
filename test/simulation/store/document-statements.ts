// The statements that make documents for the search index of the simulated views: rows of four views and their positions,
// read together.
import type { EventDocument } from '../../../src/ports/search-documents.ts';
import type { VenueFound } from '../../../src/ports/search-index.ts';
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

const venuesIn = (rows: Rows): VenueFound[] =>
  rowsOf(rows, 'venues').map((row) => ({
    id: idOf(row),
    name: `House ${row.digest}`,
    address: null,
    city: 'Cadiz',
    country: null,
    lat: null,
    lon: null,
    timeZone: 'Europe/Madrid',
  }));

const eventOf = (row: StreamRow) => ({
  id: idOf(row),
  status: 'published',
  title: `Evening ${row.digest}`,
  description: null,
  type: null,
  tags: [],
  language: null,
});

/** Of each show what its document says, but for its place. All are in the one venue that there is. */
function showsIn(rows: Rows) {
  const free = new Map(rowsOf(rows, 'availability').map((row) => [row.stream, row]));
  const [venue] = venuesIn(rows);
  return rowsOf(rows, 'shows').map((show) => {
    const seats = free.get(show.stream);
    return {
      eventId: show.eventId,
      id: idOf(show),
      startsAt: '2027-05-01T20:00:00.000Z',
      timeZone: 'Europe/Madrid',
      month: '2027-05',
      venueId: venue?.id ?? '',
      categories: [`show ${show.digest}`, `seats ${seats?.digest ?? 0}`],
      amounts: [0, 0],
      priceFrom: null,
      currency: null,
      free: seats?.events ?? 0,
    };
  });
}

/** What the index should say of each event that the views know. */
export function documentsIn(rows: Rows): EventDocument[] {
  const [venues, shows] = [venuesIn(rows), showsIn(rows)];
  return rowsOf(rows, 'events').map((row) => {
    const its = shows.filter(({ eventId }) => eventId === idOf(row));
    return {
      ...eventOf(row),
      // A show whose house is not known yet is left out.
      shows: (venues.length === 0 ? [] : its).map(({ eventId: _eventId, ...show }) => ({
        ...show,
        cityId: show.venueId,
        point: null,
      })),
      venues: its.length === 0 ? [] : venues,
    };
  });
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
          events: rowsOf(session, 'events')
            .map((row) => eventOf(row))
            .filter(({ id }) => ids.has(id)),
          shows: showsIn(session)
            .filter(({ eventId }) => eventId !== null && ids.has(eventId))
            .map((show) => ({ ...show, cancelled: false })),
          venues: venuesIn(session).map((venue) => ({ ...venue, cityId: venue.id })),
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
