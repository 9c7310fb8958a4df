// From rows of columns to the plan as shows use it: indexed by seat number in plan order.
import type { RowColumns } from './events.ts';
import type { Area, Category, Point, SeatingPlan } from './plan.ts';

export interface PlanParts {
  readonly id: string;
  readonly venueId: string;
  readonly name: string;
  readonly categories: readonly Category[];
  readonly areas: readonly Area[];
  readonly focalPoint: Point;
  readonly rows: readonly RowColumns[];
}

/** Builds the plan; seat ids are unique and every category is known (the decider has checked it). */
export function buildPlan({ rows, ...parts }: PlanParts): SeatingPlan {
  const { categories, areas } = parts;
  const columns = columnsOf(rows);
  const categoryIndex = new Map(categories.map((category, i) => [category.id, i]));
  let end = 0;
  return {
    ...parts,
    ...columns,
    seatCount: columns.seatIds.length,
    categoryIndex,
    seatIndex: new Map(columns.seatIds.map((seatId, i) => [seatId, i])),
    rows: rows.map((row) => ({
      name: row.name,
      zone: row.zone,
      start: end,
      end: (end += row.ids.length),
    })),
    areaIndex: new Map(areas.map((area, i) => [area.id, i])),
    areaCategory: Uint16Array.from(areas, (area) => categoryIndex.get(area.categoryId)!),
  };
}

type Columns = Pick<SeatingPlan, 'seatIds' | 'seatNumbers' | 'seatCategory' | 'seatRow' | 'x' | 'y'>;

function columnsOf(rows: readonly RowColumns[]): Columns {
  const seatCount = rows.reduce((sum, row) => sum + row.ids.length, 0);
  const seatIds: string[] = [];
  const seatNumbers: string[] = [];
  const seatCategory = new Uint16Array(seatCount);
  const seatRow = new Uint32Array(seatCount);
  const x = new Float64Array(seatCount);
  const y = new Float64Array(seatCount);
  const interned = interning();
  rows.forEach((row, r) => {
    row.ids.forEach((seatId, s) => {
      const seat = seatIds.push(seatId) - 1;
      seatNumbers.push(interned(row.numbers[s]!));
      seatCategory[seat] = row.categories[s]!;
      seatRow[seat] = r;
      x[seat] = row.x[s]!;
      y[seat] = row.y[s]!;
    });
  });
  return { seatIds, seatNumbers, seatCategory, seatRow, x, y };
}

/** The same text is kept once: every row has a seat 1. */
function interning(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before === undefined) known.set(text, text);
    return before ?? text;
  };
}
