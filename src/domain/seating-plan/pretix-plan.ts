// The JSON that the pretix seating-plan editor writes (pretix, src/pretix/static/seating/seating-plan.schema.json), and
// the drawing it stands for. Newer editors write more: fields that are not named here are let through and left alone.
import { z } from 'zod';
import { isPlainName, NOT_PLAIN } from '../names.ts';
import type { Drawing } from './drawing.ts';
import type { RowColumns } from './events.ts';
import type { Area, Category, Point } from './plan.ts';

const COORDINATE_MAX = 1e9;
const NAME_LENGTH_MAX = 200;

const storable = (value: string): boolean => !value.includes('\0') && value.isWellFormed();
const someText = z
  .string()
  .max(NAME_LENGTH_MAX)
  .refine(storable, { error: 'Leave out NUL and unpaired surrogates.', abort: true });
const name = someText
  .refine((value) => /\S/.test(value), { error: 'Give more than blanks.', abort: true })
  .refine(isPlainName, NOT_PLAIN);
/** What editors may leave out, or write as null. */
const label = someText
  .refine(isPlainName, NOT_PLAIN)
  .nullish()
  .transform((value) => value ?? '');

const coordinate = z.number().min(-COORDINATE_MAX).max(COORDINATE_MAX);
const point = z.object({ x: coordinate, y: coordinate });
const offset = point.nullish().transform((value) => value ?? { x: 0, y: 0 });

const seat = z.object({ seat_guid: name, seat_number: label, position: offset, category: name });
const row = z.object({ row_number: label, position: offset, seats: z.array(seat) });
/** A zone's `areas` are drawings (a stage, a bar), nothing that is sold. */
const zone = z.object({ name: label, position: offset, rows: z.array(row).default([]) });

export const pretixPlan = z.object({
  name: label,
  categories: z.array(z.object({ name, color: someText.nullish().transform((value) => value ?? null) })),
  zones: z.array(zone),
});
export type PretixPlan = z.output<typeof pretixPlan>;

export interface PretixParts {
  readonly venueId: string;
  /** Where the plan itself has no name. */
  readonly defaultName: string;
  /** undefined: there are areas only. */
  readonly plan: PretixPlan | undefined;
  readonly areas: readonly Area[];
  readonly focalPoint: Point | null;
}

/** A plan and the areas given beside it as one drawing: positions added up, categories by their names. */
export function drawingOf({ venueId, defaultName, plan, areas, focalPoint }: PretixParts): Drawing {
  const categories: Category[] = (plan?.categories ?? []).map(({ name, color }) => ({
    id: name,
    name,
    color,
  }));
  const indexes = new Map(categories.map(({ id }, i) => [id, i]));
  const stray: string[] = [];
  const indexOf = (category: string): number => {
    const known = indexes.get(category);
    if (known !== undefined) return known;
    const index = categories.length + stray.push(category) - 1;
    indexes.set(category, index);
    return index;
  };
  const rows = (plan?.zones ?? []).flatMap((zone) => zone.rows.map((row) => columnsOf(zone, row, indexOf)));
  const name = plan?.name.trim() || defaultName;
  return { venueId, name, categories, areas, rows, focalPoint, strayCategories: stray };
}

type Zone = PretixPlan['zones'][number];
type Row = Zone['rows'][number];

function columnsOf(zone: Zone, row: Row, indexOf: (category: string) => number): RowColumns {
  const { seats } = row;
  const [left, top] = [zone.position.x + row.position.x, zone.position.y + row.position.y];
  return {
    zone: zone.name,
    name: row.row_number,
    ids: seats.map((seat) => seat.seat_guid),
    numbers: seats.map((seat) => seat.seat_number),
    categories: seats.map((seat) => indexOf(seat.category)),
    x: seats.map((seat) => left + seat.position.x),
    y: seats.map((seat) => top + seat.position.y),
  };
}
