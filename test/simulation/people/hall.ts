// The small halls of the simulated world: few seats, so that everybody wants the same, two categories, and a standing area.
import type { Chance } from '../kernel/chance.ts';

export interface Hall {
  /** Seat -> category. */
  readonly seats: ReadonlyMap<string, string>;
  readonly areas: readonly { readonly id: string; readonly categoryId: string; readonly capacity: number }[];
  readonly categories: readonly string[];
  readonly rows: number;
  readonly seatsPerRow: number;
}

export const CATEGORIES = ['Stalls', 'Circle'] as const;

/** Rows A, B …, the first half of them Stalls. */
export function hallOf(chance: Chance): Hall {
  const rows = chance.between(1, 2) * 2;
  const seatsPerRow = chance.between(2, 4);
  const seats = new Map<string, string>();
  for (let r = 0; r < rows; r += 1)
    for (let s = 1; s <= seatsPerRow; s += 1)
      seats.set(`${'ABCD'[r]}-${s}`, CATEGORIES[r < rows / 2 ? 0 : 1]);
  const areas = [{ id: 'pit', categoryId: 'Circle', capacity: chance.between(2, 5) }];
  return { seats, areas, categories: CATEGORIES, rows, seatsPerRow };
}

/** The body that draws it. */
export function drawingOf({ rows, seatsPerRow, areas }: Hall): Record<string, unknown> {
  const row = (r: number) => ({
    row_number: 'ABCD'[r],
    position: { x: 0, y: r },
    seats: Array.from({ length: seatsPerRow }, (_, s) => ({
      seat_guid: `${'ABCD'[r]}-${s + 1}`,
      seat_number: String(s + 1),
      position: { x: s, y: 0 },
      category: CATEGORIES[r < rows / 2 ? 0 : 1],
    })),
  });
  return {
    plan: {
      name: 'Hall',
      categories: CATEGORIES.map((name) => ({ name, color: null })),
      zones: [
        { name: 'Main', position: { x: 0, y: 0 }, rows: Array.from({ length: rows }, (_, r) => row(r)) },
      ],
    },
    areas: areas.map((area) => ({ ...area, name: 'Pit' })),
  };
}

/** The same with each numbered seat twice. */
export function doubledDrawingOf(hall: Hall): Record<string, unknown> {
  const { plan, ...others } = drawingOf(hall);
  const { zones, ...more } = plan as { readonly zones: readonly unknown[] };
  return { ...others, plan: { ...more, zones: [...zones, ...zones] } };
}
