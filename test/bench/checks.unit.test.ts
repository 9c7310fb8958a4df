// The check that voids a benchmark's figure finds what it is there for.
import { expect, test } from 'vitest';
import { checkEvents, parties, type LoggedEvent } from '../../bench/harness/booking.ts';

const wanted = [
  { customerId: 'ada', seats: ['A-1', 'A-2'] },
  { customerId: 'bob', seats: ['A-3'] },
];
const scheduled: LoggedEvent = { type: 'ShowScheduled', revision: 0, data: {} };
const held = (revision: number, customerId: string, ...seats: string[]): LoggedEvent => ({
  type: 'SeatsHeld',
  revision,
  data: { customerId, seats },
});
const sound = [scheduled, held(1, 'ada', 'A-1', 'A-2'), held(2, 'bob', 'A-3')];

test('a log that has what was acknowledged passes', () => {
  expect(() => checkEvents(sound, wanted, [201, 201])).not.toThrow();
  expect(() => checkEvents(sound.slice(0, 2), wanted, [201, 409])).not.toThrow();
});

test.each([
  ['an acknowledged hold is missing', sound.slice(0, 2), [201, 201], /bob was answered 201/],
  ['a refused hold is there', sound, [201, 409], /bob was answered 409/],
  ['a seat is there twice', [...sound, held(3, 'eve', 'A-3')], [201, 201], /sold to bob and eve/],
  ['a customer has two holds for one', [...sound, held(3, 'bob', 'A-4')], [201, 201], /two holds/],
  [
    'a hold has other seats',
    [scheduled, held(1, 'ada', 'A-1'), held(2, 'bob', 'A-3')],
    [201, 201],
    /asked for/,
  ],
  ['a revision is missing', [scheduled, held(2, 'ada', 'A-1', 'A-2')], [201, 409], /revision 2/],
])('it is found when %s', (_, events, statuses, words) => {
  expect(() => checkEvents(events, wanted, statuses)).toThrow(words);
});

test('the parties of a hall want each seat once, and the same ones every time', () => {
  const seats = Array.from({ length: 500 }, (_, n) => `s${n}`);
  const all = parties(seats, 7);
  expect(all.flatMap((party) => party.seats)).toEqual(seats);
  expect(new Set(all.map((party) => party.seats.length))).toEqual(new Set([1, 2, 3, 4]));
  expect(parties(seats, 7)).toEqual(all);
});
