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
export function buildPlan({
  id,
  venueId,
  name,
  categories,
  areas,
  focalPoint,
  rows,
}: PlanParts): SeatingPlan {
  const seatCount = rows.reduce((sum, row) => sum + row.ids.length, 0);
  const seatIds: string[] = [];
  const seatNumbers: string[] = [];
  const seatCategory = new Uint16Array(seatCount);
  const seatRow = new Uint32Array(seatCount);
  const x = new Float64Array(seatCount);
  const y = new Float64Array(seatCount);
  rows.forEach((row, r) => {
    row.ids.forEach((seatId, s) => {
      const seat = seatIds.push(seatId) - 1;
      seatNumbers.push(row.numbers[s]!);
      seatCategory[seat] = row.categories[s]!;
      seatRow[seat] = r;
      x[seat] = row.x[s]!;
      y[seat] = row.y[s]!;
    });
  });
  let end = 0;
  const categoryIndex = new Map(categories.map((category, i) => [category.id, i]));
  return {
    id,
    venueId,
    name,
    categories,
    areas,
    focalPoint,
    seatCount,
    seatIds,
    seatNumbers,
    seatCategory,
    seatRow,
    x,
    y,
    categoryIndex,
    seatIndex: new Map(seatIds.map((seatId, i) => [seatId, i])),
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
