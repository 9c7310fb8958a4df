// The hall in which a show and its naive twin are compared: rows with an aisle and a change of category, areas beside seats,
// and a category of an area alone.
import { buildPlan } from '../../../src/domain/seating-plan/plan-builder.ts';
import { NaiveSeats, type Stretch } from './naive-seats.ts';
import { NaiveShow } from './naive-show.ts';
import { iso, ShowSpec, T0 } from './show-spec.ts';

export const AREAS = ['pit', 'box', 'lawn'] as const;
export const CATEGORIES = ['Stalls', 'Circle', 'Lawn'] as const;
export const CUSTOMERS = Array.from({ length: 16 }, (_, i) => `customer-${i}`);
export const CLOSES_MS = 6 * 3_600_000;
export const FOCAL_POINT = { x: 2, y: 0 };

/** Row, category and the places of its seats; a gap is an aisle. */
export const ROWS = [
  { name: 'A', parts: [{ category: 0, x: [0, 1, 2, 3] }] },
  {
    name: 'B',
    parts: [
      { category: 0, x: [0, 1] },
      { category: 1, x: [2, 3] },
    ],
  },
  {
    name: 'C',
    parts: [
      { category: 1, x: [0, 1, 2] },
      { category: 1, x: [7] },
    ],
  },
] as const;
export const ROOM = [
  { id: 'pit', category: 'Circle', capacity: 2 },
  { id: 'box', category: 'Circle', capacity: 1 },
  { id: 'lawn', category: 'Lawn', capacity: 3 },
] as const;

const rows = ROWS.map(({ name, parts }, y) => {
  const seats = parts.flatMap(({ category, x }) => x.map((at) => ({ category, at })));
  return {
    zone: 'Main',
    name,
    ids: seats.map((_, i) => `${name}-${i + 1}`),
    numbers: seats.map((_, i) => String(i + 1)),
    categories: seats.map(({ category }) => category),
    x: seats.map(({ at }) => at),
    y: seats.map(() => y),
  };
});
export const SEATS = rows.flatMap(({ ids }) => ids);

const plan = () =>
  buildPlan({
    id: 'plan-1',
    venueId: 'venue-1',
    name: 'Hall',
    categories: CATEGORIES.map((id) => ({ id, name: id, color: null })),
    areas: ROOM.map(({ id, category, capacity }) => ({ id, name: id, categoryId: category, capacity })),
    focalPoint: FOCAL_POINT,
    rows,
  });

function stretches(): Stretch[] {
  return ROWS.flatMap(({ name, parts }, y) => {
    let number = 0;
    return parts.map(({ category, x }) => ({
      category: CATEGORIES[category],
      seats: x.map(() => `${name}-${(number += 1)}`),
      distances: x.map((at) => Math.hypot(at - FOCAL_POINT.x, y - FOCAL_POINT.y)),
    }));
  });
}

/** The same show twice, on sale. */
export function hallOfBoth() {
  const window = { salesOpenAt: iso(T0), salesCloseAt: iso(T0 + CLOSES_MS) };
  const engine = new ShowSpec(plan(), { ...window, ticketsPerCustomer: 4 });
  return { engine, naive: naiveShow(T0) };
}

export const PRICES = new Map(CATEGORIES.map((category, i) => [category as string, 2500 + 1000 * i]));

/** The naive one alone, on sale from `now` on. */
export function naiveShow(now: number): NaiveShow {
  const areas = ROOM.map((area) => ({ ...area, taken: 0, blocked: 0 }));
  const seats = new NaiveSeats(new Map(PRICES), stretches(), areas);
  return new NaiveShow(seats, { now, opensAt: now, closesAt: now + CLOSES_MS });
}
