// What draws a seating plan, and everything that is wrong with it before a show could rest on it.
import { rejection, type Rejection } from '../rejection.ts';
import type { RowColumns } from './events.ts';
import type { Area, Category, Point } from './plan.ts';

export interface Drawing {
  readonly venueId: string;
  readonly name: string;
  /** Those of seats; an area's need no entry. */
  readonly categories: readonly Category[];
  readonly areas: readonly Area[];
  readonly rows: readonly RowColumns[];
  /** null: the centre of the row of least y. */
  readonly focalPoint: Point | null;
  /** Categories that seats name although `categories` does not have them. */
  readonly strayCategories?: readonly string[];
}

export const SEATS_MAX = 100_000;
export const PLACES_MAX = 1_000_000;
/** Names of categories and areas stand in one event, which event stores accept up to about this length. */
const NAMES_LENGTH_MAX = 1_000_000;
/** Named in one sentence; problem members have them all. */
const NAMED_MAX = 5;

/** DuplicateSeatId or InvalidSeatingPlan with a sentence that says what to mend; null: shows can be given on it. */
export function drawingRefused(drawing: Drawing): Rejection | null {
  return (
    categoriesRefused(drawing) ?? areasRefused(drawing) ?? seatsRefused(drawing) ?? emptyRefused(drawing)
  );
}

const invalid = (detail: string, members: Record<string, unknown> = {}): Rejection =>
  rejection('InvalidSeatingPlan', detail, members);

/** Prices are an object by category, and no JSON body may have this member. */
const NO_CATEGORY = '__proto__';

function categoriesRefused({ categories, areas, strayCategories = [] }: Drawing): Rejection | null {
  const ids = [...categories.map(({ id }) => id), ...areas.map(({ categoryId }) => categoryId)];
  if (ids.includes(NO_CATEGORY))
    return invalid(`A category cannot be called "${NO_CATEGORY}"; give it another name.`);
  const twice = doubled(categories.map(({ id }) => id));
  if (twice.length > 0)
    return invalid(`Name each category once; doubled: ${listed(twice)}.`, { categories: twice });
  if (strayCategories.length > 0) {
    const detail = `Seats name categories that the plan does not have: ${listed(strayCategories)}. Add them to "categories".`;
    return invalid(detail, { categories: strayCategories });
  }
  const length = JSON.stringify([categories, areas]).length;
  if (length <= NAMES_LENGTH_MAX) return null;
  return invalid(
    `Categories and areas make ${length} characters; have fewer of them, or shorter names: at most ${NAMES_LENGTH_MAX}.`,
  );
}

function areasRefused({ areas }: Drawing): Rejection | null {
  const twice = doubled(areas.map(({ id }) => id));
  if (twice.length > 0)
    return invalid(`Give each area an id of its own; doubled: ${listed(twice)}.`, { areas: twice });
  const places = areas.reduce((sum, { capacity }) => sum + capacity, 0);
  if (places <= PLACES_MAX) return null;
  return invalid(`The areas have ${places} places; a plan has at most ${PLACES_MAX}.`);
}

function seatsRefused({ rows, categories }: Drawing): Rejection | null {
  const count = rows.reduce((sum, row) => sum + row.ids.length, 0);
  if (count > SEATS_MAX) return invalid(`The plan has ${count} seats; at most ${SEATS_MAX}.`);
  const twice = doubled(rows.flatMap((row) => row.ids));
  if (twice.length > 0) {
    const detail = `Give each seat an id of its own; doubled: ${listed(twice)}.`;
    return rejection('DuplicateSeatId', detail, { seats: twice });
  }
  const lost = rows.flatMap((row) =>
    row.ids.filter((_, seat) => categories[row.categories[seat]!] === undefined),
  );
  if (lost.length === 0) return null;
  return invalid(`Give each seat a category of the plan; without: ${listed(lost)}.`, { seats: lost });
}

/** Seats have categories: that was looked at before. */
function emptyRefused({ areas, categories }: Drawing): Rejection | null {
  if (areas.length > 0 || categories.length > 0) return null;
  return nothingInIt();
}

/** For plans that are drawn by hand: those of feeds may have categories of which nothing is sold yet. */
export const nothingInIt = (): Rejection =>
  invalid('The plan has neither seats nor areas. Give rows with seats, or areas with a capacity.');

/** Each value that stands more than once, once, in order of the second time. */
function doubled(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(values.filter((value) => seen.size === seen.add(value).size))];
}

function listed(names: readonly string[]): string {
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
  return (
    names
      .slice(0, NAMED_MAX)
      .map((name) => `"${name}"`)
      .join(', ') + more
  );
}
