// An event as the index keeps it, and as it is read back.
import { expect, test } from 'vitest';
import { SHOWS_MAX } from '../../../src/adapters/opensearch/mapping.ts';
import { toFound, toStored } from '../../../src/adapters/opensearch/stored-event.ts';
import type { EventDocument, ShowDocument } from '../../../src/ports/search-documents.ts';

const venue = {
  id: 'palau',
  name: 'Palau',
  address: null,
  city: 'Barcelona',
  country: 'ES',
  lat: null,
  lon: null,
  timeZone: 'Europe/Madrid',
};
const show = (id: string, change: Partial<ShowDocument> = {}): ShowDocument => ({
  id,
  startsAt: '2027-05-01T19:00:00.000Z',
  timeZone: 'Europe/Madrid',
  month: '2027-05',
  venueId: venue.id,
  cityId: 'barcelona',
  point: null,
  categories: [],
  amounts: [],
  priceFrom: null,
  currency: null,
  free: 4,
  ...change,
});
const event = (shows: readonly ShowDocument[]): EventDocument => ({
  id: 'event',
  status: 'published',
  title: 'Of many shows',
  description: null,
  type: null,
  tags: [],
  language: null,
  shows,
  venues: [venue],
});
const from = '2027-01-01T00:00:00.000Z';

test('of more shows than an index may hold the latest are kept', () => {
  const shows = Array.from({ length: SHOWS_MAX + 2 }, (_, i) => show(`show ${i}`));
  const kept = toStored(event(shows)).shows;
  expect([kept.length, kept[0]!.id, kept.at(-1)!.id]).toEqual([5_000, 'show 2', `show ${SHOWS_MAX + 1}`]);
});

test('the lowest price is shown, of equal ones that of the first show by id, and none where there is none', () => {
  const priceOf = (...shows: ShowDocument[]) => toFound(toStored(event(shows)), { from })!.priceFrom;
  const priced = (id: string, priceFrom: number, currency: string) => show(id, { priceFrom, currency });
  expect(priceOf(show('a'), priced('b', 700, 'EUR'), priced('c', 500, 'EUR'))).toEqual({
    amount: 500,
    currency: 'EUR',
  });
  for (const shows of [
    [priced('b', 500, 'EUR'), priced('a', 500, 'USD')],
    [priced('a', 500, 'USD'), priced('b', 500, 'EUR')],
  ])
    expect(priceOf(...shows)).toEqual({ amount: 500, currency: 'USD' });
  expect(priceOf(show('a'))).toBeNull();
});
