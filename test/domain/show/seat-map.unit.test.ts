// What the live view and best available rest on: counts by status, and which seats changed.
import { expect, it } from 'vitest';
import { BLOCKED, BOOKED, FREE, HELD, SeatMap, type SeatStatus } from '../../../src/domain/show/seat-map.ts';
import { hall } from './show-spec.ts';

const twoCategories = () => new SeatMap(hall({ rows: 2, seatsPerRow: 2, categories: ['Stalls', 'Circle'] }));
const counts = (seats: SeatMap, category: number): number[] =>
  ([FREE, HELD, BOOKED, BLOCKED] as SeatStatus[]).map((status) => seats.count(category, status));

it('counts the seats of each category by their status', () => {
  const seats = twoCategories();
  seats.set(0, HELD);
  seats.set(2, BOOKED);
  seats.set(3, BLOCKED);
  seats.set(3, BLOCKED);
  expect([counts(seats, 0), counts(seats, 1)]).toEqual([
    [1, 1, 0, 0],
    [0, 0, 1, 1],
  ]);
  seats.set(2, FREE);
  expect(counts(seats, 1)).toEqual([1, 0, 0, 1]);
});

it('tells which seats changed since it was asked last, from when it is to keep them', () => {
  const seats = twoCategories();
  seats.set(0, HELD);
  expect(seats.takeChanges()).toEqual([]);
  seats.trackChanges();
  seats.set(1, HELD);
  seats.trackChanges();
  seats.set(3, BOOKED);
  seats.set(3, BOOKED);
  expect(seats.takeChanges()).toEqual([1, 3]);
  expect(seats.takeChanges()).toEqual([]);
  seats.set(3, FREE);
  expect(seats.takeChanges()).toEqual([3]);
});

it('takes memory of its own only once a seat changes, and then says nothing of other shows of the plan', () => {
  const plan = hall({ rows: 2, seatsPerRow: 2 });
  const [sold, asked, idle] = [new SeatMap(plan), new SeatMap(plan), new SeatMap(plan)];
  sold.set(0, HELD);
  const { blocks } = asked;
  asked.set(1, HELD);
  expect([sold, asked, idle].map(({ status }) => [...status])).toEqual([
    [HELD, FREE, FREE, FREE],
    [FREE, HELD, FREE, FREE],
    [FREE, FREE, FREE, FREE],
  ]);
  expect([sold, asked, idle].map(({ ownBytes }) => ownBytes)).toEqual([4, 4, 0]);
  expect(asked.blocks).toBe(blocks);
});
