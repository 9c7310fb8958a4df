// The stretches of a plan in which seats are next to each other: same row, same category, no aisle between. Static, so
// computed once for each plan and shared by all its shows.
import type { SeatingPlan } from '../seating-plan/plan.ts';

export interface Segments {
  readonly count: number;
  /** Seats start[s] … end[s] − 1. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** Segment of each seat. */
  readonly ofSeat: Uint32Array;
  /** Segment numbers of each category, in plan order. */
  readonly byCategory: readonly Uint32Array[];
  /** Place of a segment within its category's list. */
  readonly rank: Uint32Array;
  /** distance[i] = sum of the distances from the focal point of seats 0 … i − 1. */
  readonly distance: Float64Array;
}

/** A gap this many times the row's usual one is an aisle. */
const AISLE_FACTOR = 2;

const known = new WeakMap<SeatingPlan, Segments>();

export function segmentsOf(plan: SeatingPlan): Segments {
  let segments = known.get(plan);
  if (!segments) known.set(plan, (segments = cut(plan)));
  return segments;
}

function cut(plan: SeatingPlan): Segments {
  const starts: number[] = [];
  const ends: number[] = [];
  const ofSeat = new Uint32Array(plan.seatCount);
  for (const row of plan.rows) {
    const aisle = usualGap(plan, row.start, row.end) * AISLE_FACTOR;
    for (let i = row.start; i < row.end; i += 1) {
      const fresh =
        i === row.start || plan.seatCategory[i] !== plan.seatCategory[i - 1] || gap(plan, i) > aisle;
      if (fresh) {
        starts.push(i);
        ends.push(i);
      }
      ends[ends.length - 1] = i + 1;
      ofSeat[i] = starts.length - 1;
    }
  }
  const lists: number[][] = plan.categories.map(() => []);
  const rank = new Uint32Array(starts.length);
  starts.forEach((first, segment) => {
    const list = lists[plan.seatCategory[first]!]!;
    rank[segment] = list.length;
    list.push(segment);
  });
  return {
    count: starts.length,
    start: Uint32Array.from(starts),
    end: Uint32Array.from(ends),
    ofSeat,
    byCategory: lists.map((list) => Uint32Array.from(list)),
    rank,
    distance: distances(plan),
  };
}

/** Distance of a seat from the one before it in its row. */
function gap(plan: SeatingPlan, seat: number): number {
  return Math.hypot(plan.x[seat]! - plan.x[seat - 1]!, plan.y[seat]! - plan.y[seat - 1]!);
}

/** The median gap of a row; infinite where seats lie on one spot, so that nothing is an aisle. */
function usualGap(plan: SeatingPlan, start: number, end: number): number {
  const gaps: number[] = [];
  for (let i = start + 1; i < end; i += 1) gaps.push(gap(plan, i));
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] || Infinity;
}

function distances(plan: SeatingPlan): Float64Array {
  const sums = new Float64Array(plan.seatCount + 1);
  for (let i = 0; i < plan.seatCount; i += 1) {
    sums[i + 1] = sums[i]! + Math.hypot(plan.x[i]! - plan.focalPoint.x, plan.y[i]! - plan.focalPoint.y);
  }
  return sums;
}
