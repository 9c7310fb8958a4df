// Rows are stored in events of bounded size, as few as that takes, and come back as they were.
import { describe, expect, it } from 'vitest';
import type { RowColumns, RowsDrawn } from '../../../src/domain/seating-plan/events.ts';
import { rowEvents, rowsOf } from '../../../src/domain/seating-plan/row-chunks.ts';
import { rowOf } from './halls.ts';

const BYTES_MAX = 256 * 1024;
const sizes = (events: readonly RowsDrawn[]): number[][] =>
  events.map(({ data }) => data.rows.map((row) => row.ids.length));
/** Compared as text: a difference between thousands of seats is nothing to read. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const largest = (events: readonly RowsDrawn[]): number =>
  Math.max(...events.map(({ data }) => Buffer.byteLength(JSON.stringify(data))));

describe('events of rows', () => {
  it('have at most 5,000 seats, and as many rows as that allows', () => {
    expect(sizes(rowEvents([rowOf('A', 2_500), rowOf('B', 2_500)]))).toEqual([[2_500, 2_500]]);
    expect(sizes(rowEvents([rowOf('A', 2_500), rowOf('B', 2_501)]))).toEqual([[2_500], [2_501]]);
    expect(sizes(rowEvents([rowOf('A', 3_000), rowOf('B', 1_000), rowOf('C', 1_001)]))).toEqual([
      [3_000, 1_000],
      [1_001],
    ]);
    expect(rowEvents([])).toEqual([]);
  });

  it('cut a row that alone is too long, and say so', () => {
    const row = rowOf('A', 5_000);
    expect(isSame(rowEvents([row]), [{ type: 'RowsDrawn', data: { rows: [row] } }])).toBe(true);
    const rows = [rowOf('A', 10), rowOf('B', 10_001), rowOf('C', 10), rowOf('D', 10)];
    const events = rowEvents(rows);
    expect(sizes(events)).toEqual([[10], [5_000], [5_000], [1], [10, 10]]);
    expect(events.map(({ data }) => data.continued)).toEqual([undefined, undefined, true, true, undefined]);
    expect(isSame(rowsOf(events), rows)).toBe(true);
  });

  const quotes = (n: number) => '"'.repeat(n);
  const controls = (n: number) => '\u0001'.repeat(n);
  /** A row in which every seat has this. */
  const seats = (part: Partial<Record<keyof RowColumns, string | number>>, n = 5_000): RowColumns[] => {
    const columns = Object.entries(part).map(([name, value]) => [
      name,
      Array.from({ length: n }, () => value),
    ]);
    return [{ ...rowOf('A', n), ...(Object.fromEntries(columns) as object) }];
  };
  /** As many rows of one seat, named so. */
  const rows = (part: Partial<RowColumns>): RowColumns[] =>
    Array.from({ length: 5_000 }, () => ({ ...rowOf('A', 1), ids: ['1'], ...part }));

  it.each<[string, RowColumns[]]>([
    ['ids that double when they are quoted', seats({ ids: quotes(40) })],
    ['numbers that double when they are quoted', seats({ numbers: quotes(40) })],
    ['ids that grow sixfold', seats({ ids: `a${controls(12)}` })],
    ['ids that grow sixfold before their end', seats({ ids: `${controls(12)}a` })],
    [
      'positions that go on for long across',
      seats({ x: 0.1234567890123456, ids: 'seat-of-30-characters-and-more' }),
    ],
    [
      'positions that go on for long in depth',
      seats({ y: 0.1234567890123456, ids: 'seat-of-30-characters-and-more' }),
    ],
    [
      'rows that are large each',
      [...seats({ ids: quotes(100) }, 1_000), ...seats({ ids: quotes(100) }, 1_000)],
    ],
    ['ids that are very long', seats({ ids: quotes(20_000) }, 60)],
    ['rows of one seat', rows({ zone: '', name: '' })],
    ['rows with long names', rows({ name: quotes(200) })],
    ['rows in zones with long names', rows({ zone: quotes(200) })],
    [
      'a row with a name that is long itself',
      [{ ...seats({ ids: quotes(40) })[0]!, zone: quotes(9_000), name: quotes(9_000) }],
    ],
  ])('have at most 256 KiB as JSON, full as they may be, also with %s', (_what, given) => {
    const events = rowEvents(given);
    expect(isSame(rowsOf(events), given)).toBe(true);
    expect(largest(events)).toBeLessThanOrEqual(BYTES_MAX);
    expect(events.length).toBeGreaterThan(1);
    const bytes = Buffer.byteLength(JSON.stringify(given));
    expect(events.length).toBeLessThan((3 * bytes) / BYTES_MAX + 1);
  });

  it('keep a seat to themselves that is larger than all that', () => {
    expect(sizes(rowEvents(seats({ ids: quotes(140_000) }, 1)))).toEqual([[1]]);
    expect(sizes(rowEvents(seats({ ids: quotes(140_000) }, 2)))).toEqual([[1], [1]]);
  });

  it('of which one has no rows draw none', () => {
    expect(rowsOf([{ type: 'RowsDrawn', data: { rows: [] } }])).toEqual([]);
  });
});
