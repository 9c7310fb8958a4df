// The shows of one real provider, as its feed announced them in 2021, moved by whole years so that they are on sale.
import { DateTime } from 'luxon';
import type { FeedEvent, FeedShow, FeedZone } from '../ports/feed-source.ts';

const TIME_ZONE = 'Europe/Madrid';
const CURRENCY = 'EUR';
/** So long a show stays on sale at least. */
const ON_SALE_DAYS_MIN = 3;

interface Announced {
  readonly id: string;
  readonly title: string;
  readonly organiser: string | null;
  readonly showId: string;
  /** Local times. */
  readonly starts: string;
  readonly ends: string;
  readonly salesOpen: string;
  readonly salesClose: string;
  readonly zones: readonly FeedZone[];
}

const numbered = (id: string, name: string, capacity: number, price: number): FeedZone =>
  zone({ categoryId: id, otherwiseId: `${id}:unnumbered`, name, numbered: true, capacity }, price);
const unnumbered = (id: string, name: string, capacity: number, price: number): FeedZone =>
  zone({ categoryId: `${id}:unnumbered`, otherwiseId: id, name, numbered: false, capacity }, price);
const zone = (fields: Omit<FeedZone, 'path' | 'price'>, amount: number): FeedZone => ({
  path: '',
  ...fields,
  price: { amount, currency: CURRENCY },
});

const ANNOUNCED: readonly Announced[] = [
  {
    id: '291',
    title: 'Camela en concierto',
    organiser: null,
    showId: '291',
    starts: '2021-06-30T21:00:00',
    ends: '2021-06-30T22:00:00',
    salesOpen: '2020-07-01T00:00:00',
    salesClose: '2021-06-30T20:00:00',
    zones: [
      numbered('40', 'Platea', 243, 2000),
      unnumbered('38', 'Grada 2', 100, 1500),
      numbered('30', 'A28', 90, 3000),
    ],
  },
  {
    id: '322',
    title: 'Pantomima Full',
    organiser: '2',
    showId: '1642',
    starts: '2021-02-10T20:00:00',
    ends: '2021-02-10T21:30:00',
    salesOpen: '2021-01-01T00:00:00',
    salesClose: '2021-02-09T19:50:00',
    zones: [numbered('311', 'A42', 2, 5500)],
  },
  {
    id: '1591',
    title: 'Los Morancos',
    organiser: '1',
    showId: '1642',
    starts: '2021-07-31T20:00:00',
    ends: '2021-07-31T21:00:00',
    salesOpen: '2021-06-26T00:00:00',
    salesClose: '2021-07-31T19:50:00',
    zones: [numbered('186', 'Amfiteatre', 2, 7500), unnumbered('186', 'Amfiteatre', 16, 6500)],
  },
];

/**
 * The shows as a feed would announce them at `nowMs`: the closing of sales and the show itself in the next year in which
 * they lie ahead, the opening in the last one in which it has been.
 */
export function providerShows(nowMs: number): FeedEvent[] {
  return ANNOUNCED.map(({ id, title, organiser, ...show }) => ({
    path: '',
    sourceId: id,
    title,
    organiser,
    onSale: true,
    shows: [moved(show, nowMs)],
  }));
}

function moved(
  { showId, starts, ends, salesOpen, salesClose, zones }: Omit<Announced, 'id' | 'title' | 'organiser'>,
  nowMs: number,
): FeedShow {
  const soon = nowMs + ON_SALE_DAYS_MIN * 86_400_000;
  const ahead = years(salesClose, (time) => time > soon);
  const opened = years(salesOpen, (time) => time > nowMs) - 1;
  const at = (local: string, by: number) => new Date(msOf(local, by)).toISOString();
  return {
    path: '',
    sourceId: showId,
    startsAt: at(starts, ahead),
    endsAt: at(ends, ahead),
    salesOpenAt: at(salesOpen, opened),
    salesCloseAt: at(salesClose, ahead),
    soldOut: false,
    zones,
  };
}

/** How many years a local time must be moved until its instant is as wanted. */
function years(local: string, wanted: (ms: number) => boolean): number {
  let by = 0;
  while (!wanted(msOf(local, by))) by++;
  return by;
}

function msOf(local: string, byYears: number): number {
  return DateTime.fromISO(local, { zone: TIME_ZONE }).plus({ years: byYears }).toMillis();
}
