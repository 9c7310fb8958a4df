// The newest events in memory: exact about what is there and what is not.
import { expect, test } from 'vitest';
import { RecentEvents } from '../../../src/adapters/postgres/recent-events.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { newEvent } from '../../contracts/event-log/sample-events.ts';

const events = (from: number, to: number): RecordedEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    ...newEvent(),
    stream: 's',
    revision: 0,
    position: from + index,
  }));

const positions = (found: RecordedEvent[] | null) => found?.map((event) => event.position) ?? null;

test('gives what comes after a position, at most as many as asked for', () => {
  const recent = new RecentEvents();
  for (const [from, to] of [
    [11, 13],
    [14, 14],
    [15, 20],
  ] as const)
    expect(recent.add(events(from, to), 100)).toBe(true);
  expect(positions(recent.after(10, 100))).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  expect(positions(recent.after(12, 3))).toEqual([13, 14, 15]);
  expect(positions(recent.after(13, 1))).toEqual([14]);
  expect(positions(recent.after(19, 5))).toEqual([20]);
});

test('tells "nothing newer" from "not here"', () => {
  const recent = new RecentEvents();
  expect(recent.after(0, 10)).toBeNull();
  recent.add(events(11, 20), 100);
  expect(recent.after(20, 10)).toEqual([]);
  expect(recent.after(9, 10)).toBeNull();
  expect(recent.after(21, 10)).toBeNull();
});

test('refuses events beyond a gap, and leaves out what it has', () => {
  const recent = new RecentEvents();
  recent.add(events(1, 5), 100);
  expect(recent.add(events(7, 8), 100)).toBe(false);
  expect(recent.last).toBe(5);
  expect(recent.add(events(3, 7), 100)).toBe(true);
  expect(recent.add(events(6, 7), 100)).toBe(true);
  expect(positions(recent.after(0, 100))).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('starts anew at a position', () => {
  const recent = new RecentEvents();
  recent.add(events(1, 5), 100);
  recent.restartAfter(100);
  expect(recent.after(3, 10)).toBeNull();
  expect(recent.after(100, 10)).toEqual([]);
  expect(recent.add(events(102, 103), 100)).toBe(false);
  expect(recent.add(events(101, 103), 100)).toBe(true);
});

test('is bounded in events and in size', () => {
  const recent = new RecentEvents();
  for (let from = 1; from <= 100_000; from += 100) recent.add(events(from, from + 99), 40_000);
  const kept =
    recent.after(99_999, 1)!.length +
    [...Array(100_000).keys()].filter((position) => recent.after(position, 1) !== null).length -
    1;
  expect(kept).toBeGreaterThan(16_000);
  expect(kept).toBeLessThanOrEqual(16_384);

  for (let position = 100_001; position <= 100_050; position += 1)
    recent.add(events(position, position), 1_000_000);
  expect(recent.after(100_000, 1)).toBeNull();
  expect(positions(recent.after(100_040, 100))).toHaveLength(10);
});
