// The seating that a feed's zones stand for. Feeds give counts, not rooms: numbered zones are laid out in rows of a
// fixed width, one zone behind the other, so that a seat keeps its id and its neighbours whatever the capacity becomes.
import type { Money } from '../../domain/decider.ts';
import type { RowColumns } from '../../domain/seating-plan/events.ts';
import type { Area, Category, Point, SeatingPlan } from '../../domain/seating-plan/plan.ts';

/** A category as an import sees it: of a feed, or of a show as it stands. */
export interface Zone {
  readonly categoryId: string;
  readonly name: string;
  readonly numbered: boolean;
  readonly capacity: number;
}

export interface PricedZone extends Zone {
  readonly price: Money;
}

/** Of a show as it stands. `planned`: its capacity in the plan that an import has drawn; of areas it may be another by now. */
export interface StandingZone extends PricedZone {
  readonly planned: number;
}

/** What draws a seating plan, beside its id and venue. */
export interface Layout {
  readonly categories: readonly Category[];
  readonly areas: readonly Area[];
  readonly rows: readonly RowColumns[];
  readonly focalPoint: Point;
}

const ROW_WIDTH = 20;
/** Rows left empty between two zones. */
const GAP_ROWS = 2;
const STAGE: Point = { x: 0, y: -3 };

/** Zones in their order, the first one nearest to the stage. */
export function layoutOf(zones: readonly Zone[]): Layout {
  const rows: RowColumns[] = [];
  let y = 0;
  zones.forEach((zone, category) => {
    if (!zone.numbered || zone.capacity === 0) return;
    for (let first = 0; first < zone.capacity; first += ROW_WIDTH)
      rows.push(rowOf(zone, category, first, y++));
    y += GAP_ROWS;
  });
  return {
    categories: zones.map(({ categoryId, name }) => ({ id: categoryId, name, color: null })),
    areas: zones.flatMap((zone) => (zone.numbered ? [] : [areaOf(zone)])),
    rows,
    focalPoint: STAGE,
  };
}

function areaOf({ categoryId, name, capacity }: Zone): Area {
  return { id: categoryId, name, categoryId, capacity };
}

/** Seats are numbered 1 … capacity through all rows of a zone. */
function rowOf(zone: Zone, category: number, first: number, y: number): RowColumns {
  const width = Math.min(ROW_WIDTH, zone.capacity - first);
  const seats = Array.from({ length: width }, (_, i) => first + i + 1);
  return {
    zone: zone.name,
    name: String(first / ROW_WIDTH + 1),
    ids: seats.map((n) => `${zone.categoryId}-${n}`),
    numbers: seats.map(String),
    categories: seats.map(() => category),
    x: seats.map((_, i) => i - (ROW_WIDTH - 1) / 2),
    y: seats.map(() => y),
  };
}

/** The zones of a plan that an import has drawn, with the capacities its areas have by now. */
export function zonesOf(
  plan: SeatingPlan,
  areaCapacity: (area: number) => number,
): Omit<StandingZone, 'price'>[] {
  const seats = new Uint32Array(plan.categories.length);
  for (const category of plan.seatCategory) seats[category]! += 1;
  return plan.categories.map(({ id, name }, category) => {
    const area = plan.areaIndex.get(id);
    const numbered = area === undefined;
    const planned = numbered ? seats[category]! : plan.areas[area]!.capacity;
    return { categoryId: id, name, numbered, planned, capacity: numbered ? planned : areaCapacity(area) };
  });
}

/**
 * What a show's zones are to be: those of the feed, in the order they have, and those that vanished from it, which stay.
 * Only a zone that is now sold with another numbering is not kept beside its successor: its places would exist twice. That
 * it went is known by its plan, in which it has none: places that an organiser gave it since go too.
 * Zones in `kept` have as many places as they have, and are not added.
 */
export function mergedZones(
  present: readonly StandingZone[],
  feed: readonly (PricedZone & { readonly otherwiseId: string })[],
  kept: ReadonlySet<string>,
): PricedZone[] {
  const places = new Map(present.map((z) => [z.categoryId, z.capacity]));
  const planned = new Map(present.map((z) => [z.categoryId, z.planned]));
  const wanted = feed.flatMap((z) => {
    if (!kept.has(z.categoryId)) return [z];
    const capacity = places.get(z.categoryId);
    return capacity === undefined ? [] : [{ ...z, capacity }];
  });
  const byId = new Map(wanted.map((z) => [z.categoryId, z]));
  const added = wanted.filter((z) => !places.has(z.categoryId));
  // Who goes back to an earlier numbering finds a zone without places.
  const isRefilled = ({ categoryId, capacity }: Zone) =>
    planned.get(categoryId) === 0 && capacity > 0 && !kept.has(categoryId);
  const succeeded = new Set([...added, ...wanted.filter(isRefilled)].map((z) => z.otherwiseId));
  const otherwise = new Set(wanted.map((z) => z.otherwiseId));
  const remaining = present.map((zone) => {
    const now = byId.get(zone.categoryId);
    if (now) return now;
    const went = zone.planned === 0 && otherwise.has(zone.categoryId) && !kept.has(zone.categoryId);
    return went || succeeded.has(zone.categoryId) ? { ...zone, capacity: 0 } : zone;
  });
  return [...remaining, ...added].map(({ categoryId, name, numbered, capacity, price }) => ({
    categoryId,
    name,
    numbered,
    capacity,
    price,
  }));
}

/** Whether another plan is needed; areas get other capacities without one, unless from none or to none. */
export function needsOtherPlan(present: readonly StandingZone[], wanted: readonly Zone[]): boolean {
  const byId = new Map(present.map((z) => [z.categoryId, z]));
  if (present.length !== wanted.length) return true;
  return wanted.some((zone) => {
    const old = byId.get(zone.categoryId);
    if (old?.name !== zone.name || old.numbered !== zone.numbered) return true;
    return old.capacity !== zone.capacity && !isAreaEdit(old, zone);
  });
}

/** Whether an edit of the show can give an area this capacity: the plan goes on saying whether it has any. */
export const isAreaEdit = (old: StandingZone, { numbered, capacity }: Zone): boolean =>
  !numbered && !old.numbered && (old.planned === 0) === (capacity === 0);
