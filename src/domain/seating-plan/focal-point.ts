// Where everybody wants to sit near to, when a plan does not say: the middle of the front row.
import type { RowColumns } from './events.ts';
import type { Point } from './plan.ts';

/**
 * The centre of the row of least y, over the whole plan; of all of them where several rows, side by side in their zones,
 * have the same least y. (0, 0) where there are no rows; each row has seats.
 */
export function centreOfFirstRow(rows: readonly RowColumns[]): Point {
  const depths = rows.map((row) => row.y.reduce((sum, y) => sum + y, 0) / row.y.length);
  const least = minOf(depths);
  const front = rows.filter((_, i) => depths[i] === least);
  if (front.length === 0) return { x: 0, y: 0 };
  return { x: middle(front.flatMap((row) => row.x)), y: middle(front.flatMap((row) => row.y)) };
}

/** Math.min(...values) for any number of values. */
const minOf = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Infinity);
const maxOf = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), -Infinity);
const middle = (values: readonly number[]): number => (minOf(values) + maxOf(values)) / 2;
