// Plans for the tests of seating plans: as the pretix editor writes them, and as drawings.
import type { Drawing } from '../../../src/domain/seating-plan/drawing.ts';
import type { RowColumns } from '../../../src/domain/seating-plan/events.ts';
import type { Area } from '../../../src/domain/seating-plan/plan.ts';

export interface PretixShape {
  rows?: number;
  seatsPerRow?: number;
  categories?: string[];
}

/** Seats `A-1` … thirty apart, in one zone at (50, 50). */
export function pretixJson({ rows = 2, seatsPerRow = 3, categories = ['Stalls'] }: PretixShape = {}) {
  const seat = (r: number, s: number) => ({
    seat_guid: `${letter(r)}-${s + 1}`,
    seat_number: String(s + 1),
    position: { x: s * 30, y: 0 },
    category: categories[Math.floor((r * categories.length) / rows)]!,
  });
  return {
    name: 'Hall',
    size: { width: 300, height: 200 },
    categories: categories.map((name) => ({ name, color: '#4caf50' })),
    zones: [
      {
        name: 'Main',
        position: { x: 50, y: 50 },
        areas: [],
        rows: Array.from({ length: rows }, (_, r) => ({
          row_number: letter(r),
          position: { x: 0, y: r * 30 },
          seats: Array.from({ length: seatsPerRow }, (_, s) => seat(r, s)),
        })),
      },
    ],
  };
}

const letter = (i: number): string =>
  i < 26 ? String.fromCharCode(65 + i) : letter(Math.floor(i / 26) - 1) + letter(i % 26);

/** A row of seats one apart from x 0 on, of the first category. */
export function rowOf(name: string, seatCount: number, { zone = 'Main', y = 0, x = 0 } = {}): RowColumns {
  const seats = Array.from({ length: seatCount }, (_, s) => s);
  return {
    zone,
    name,
    ids: seats.map((s) => `${zone}-${name}-${s + 1}`),
    numbers: seats.map((s) => String(s + 1)),
    categories: seats.map(() => 0),
    x: seats.map((s) => x + s),
    y: seats.map(() => y),
  };
}

export const pit = (capacity = 100, more: Partial<Area> = {}): Area => ({
  id: 'pit',
  name: 'Pit',
  categoryId: 'Standing',
  capacity,
  ...more,
});

export function drawing(parts: Partial<Drawing> = {}): Drawing {
  const categories = [{ id: 'Stalls', name: 'Stalls', color: null }];
  return {
    venueId: 'v',
    name: 'Hall',
    categories,
    areas: [],
    rows: [rowOf('A', 3)],
    focalPoint: null,
    ...parts,
  };
}
