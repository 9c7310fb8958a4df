// An event as the index keeps it: what it is found by, and what is shown of it.
import { chordOf, pointInSpace, shownKm, type GeoPoint } from '../../domain/globe.ts';
import { searchedWordsOf } from '../../domain/words.ts';
import type { EventDocument, ShowDocument } from '../../ports/search-documents.ts';
import type { EventFound, SearchFilters, VenueFound } from '../../ports/search-index.ts';
import { placesInLine } from './first-show.ts';
import { SHOWS_MAX, STEMMERS } from './mapping.ts';
import { isPriced, priceWords } from './price-words.ts';

/** Kilometres by which two ways to measure the same may differ. */
const MEASURED_KM = 0.001;

/** What is read back of it. */
export interface StoredEvent {
  readonly id: string;
  readonly status: string;
  readonly title: string;
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly shows: readonly ShowDocument[];
  readonly venues: readonly VenueFound[];
}

/** Of it only this is read back; the words of prices are there to be found by. */
export const SHOWN = {
  includes: ['id', 'status', 'title', 'type', 'tags', 'language', 'shows', 'venues'],
  excludes: ['shows.prices'],
};

export function toStored(event: EventDocument): StoredEvent & Record<string, unknown> {
  const { id, status, title, description, type, tags, language, venues } = event;
  const shows = event.shows.slice(-SHOWS_MAX);
  const cities = new Map(venues.map((venue) => [venue.id, venue]));
  const stemmed = (language ?? '').slice(0, 2).toLowerCase();
  const [titleWords, descriptionWords] = [textOf(title), textOf(description)];
  const labels = [...tags, type ?? '', ...venues.flatMap(({ name, city }) => [name, city])].map(textOf);
  const all = [titleWords, descriptionWords, ...labels].flatMap((text) => text.split(' '));
  return {
    id,
    status,
    title,
    type,
    tags,
    language,
    venues,
    words: {
      title: titleWords,
      labels,
      description: descriptionWords,
      all: [...new Set(all)].join(' '),
      ...(STEMMERS[stemmed] !== undefined && {
        titleStems: { [stemmed]: titleWords },
        descriptionStems: { [stemmed]: descriptionWords },
      }),
    },
    shows: shows.map((show) => {
      const { city, country } = cities.get(show.venueId)!;
      return { ...show, city, country, prices: priceWords(show) };
    }),
    line: shows.flatMap(placesInLine),
  };
}

const textOf = (value: string | null): string => searchedWordsOf(value).join(' ');

/** As the answer shows it; null: on a closer look none of its shows matches. */
export function toFound(
  event: StoredEvent,
  asked: SearchFilters & { readonly from: string },
): EventFound | null {
  const shows = event.shows.filter((show) => matches(show, asked));
  const [next] = shows;
  const venue = event.venues.find(({ id }) => id === next?.venueId);
  if (next === undefined || venue === undefined) return null;
  const { id, title, type, tags, language, status } = event;
  const { point, startsAt, timeZone, free } = next;
  return {
    id,
    title,
    type,
    tags,
    language,
    status,
    nextShow: { id: next.id, startsAt, timeZone, venue },
    priceFrom: cheapest(shows),
    free,
    ...(asked.near && point && { distanceKm: shownKm(chordBetween(asked.near, point)) }),
  };
}

function matches(show: ShowDocument, asked: SearchFilters & { from: string }): boolean {
  const { startsAt, point } = show;
  const { from, to, near, radiusKm } = asked;
  if (startsAt < from || (to !== undefined && startsAt >= to)) return false;
  if (!isPriced(show, asked)) return false;
  if (near === undefined || radiusKm === undefined) return true;
  return point !== null && chordBetween(near, point) <= chordOf(radiusKm) + MEASURED_KM;
}

function cheapest(shows: readonly ShowDocument[]): EventFound['priceFrom'] {
  const priced = shows.filter(({ priceFrom }) => priceFrom !== null);
  const [first, ...others] = priced;
  if (first === undefined) return null;
  const lowest = others.reduce(
    (best, show) =>
      show.priceFrom! < best.priceFrom! || (show.priceFrom === best.priceFrom && show.id < best.id)
        ? show
        : best,
    first,
  );
  return { amount: lowest.priceFrom!, currency: lowest.currency! };
}

function chordBetween(a: GeoPoint, b: GeoPoint): number {
  const [from, to] = [pointInSpace(a), pointInSpace(b)];
  return Math.hypot(from[0] - to[0], from[1] - to[1], from[2] - to[2]);
}
