// Edits by organisers and imports: times, rules, prices, capacities, another seating plan. All of an edit is done or none.
import { toIso } from '../decider.ts';
import { changesOf, given, versionRefused } from '../edit.ts';
import { rejection, type Rejection } from '../rejection.ts';
import { PLACES_MAX } from '../seating-plan/drawing.ts';
import type { SeatingPlan } from '../seating-plan/plan.ts';
import { blockFree } from './block-seats.ts';
import type { ShowCommand } from './commands.ts';
import type { AreaQuantity, Prices, ShowEvent, ShowRules } from './events.ts';
import { blockedWithin } from './evolve-show.ts';
import { unknownAreas, unknownCategory } from './hold-seats.ts';
import { pricesRefused, timesRefused } from './schedule.ts';
import { BOOKED, HELD } from './seat-map.ts';
import { serveLine } from './serve-line.ts';
import type { ShowState } from './state.ts';
import type { Handler } from './turn.ts';

type EditShow = Extract<ShowCommand, { kind: 'EditShow' }>;
type ChangeSeating = Extract<ShowCommand, { kind: 'ChangeSeating' }>;

export const editShow: Handler<EditShow> = (turn, edit) => {
  const { state } = turn;
  const refusal =
    versionRefused(state.version, edit.ifVersion) ??
    timesRefused({ ...timesOf(state), ...given(timesIn(edit)) }) ??
    pricesEditRefused(state, edit.prices ?? {}) ??
    areasRefused(state, edit.areas ?? []);
  if (refusal) return refusal;
  for (const event of eventsOf(state, edit)) turn.emit(event);
  blockFree(turn, edit.soldOutReason);
  if (turn.events.length > 0) serveLine(turn);
  return null;
};

const orNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));

function timesOf({ schedule: s }: ShowState): {
  startsAt: string;
  endsAt: string | null;
  salesOpenAt: string | null;
  salesCloseAt: string | null;
} {
  return {
    startsAt: toIso(s.startsAt),
    endsAt: orNull(s.endsAt),
    salesOpenAt: orNull(s.salesOpenAt),
    salesCloseAt: orNull(s.salesCloseAt),
  };
}

const timesIn = ({ startsAt, endsAt, salesOpenAt, salesCloseAt }: EditShow) => ({
  startsAt,
  endsAt,
  salesOpenAt,
  salesCloseAt,
});
const rulesIn = ({ holdTtlMs, offerTtlMs, ticketsPerCustomer, waitlistPolicy, cooldownMs }: EditShow) => ({
  holdTtlMs,
  offerTtlMs,
  ticketsPerCustomer,
  waitlistPolicy,
  cooldownMs,
});

function eventsOf(state: ShowState, edit: EditShow): ShowEvent[] {
  const events: ShowEvent[] = [];
  const { reason } = edit;
  const times = changesOf(timesOf(state), given(normalised(timesIn(edit))));
  if (Object.keys(times).length > 0) events.push({ type: 'ShowRescheduled', data: { ...times, reason } });
  const rules: Partial<ShowRules> = changesOf(state.rules, given(rulesIn(edit)));
  if (Object.keys(rules).length > 0) events.push({ type: 'ShowRulesChanged', data: { ...rules, reason } });
  const prices = newPrices(state, edit.prices ?? {});
  if (Object.keys(prices).length > 0)
    events.push({ type: 'PriceChanged', data: { prices, reason: reason ?? '' } });
  const areas = (edit.areas ?? [])
    .filter((a) => state.areas.capacity[state.plan.areaIndex.get(a.id)!] !== a.capacity)
    .map(({ id, capacity }) => ({ areaId: id, capacity }));
  if (areas.length > 0) {
    const gone = blockedGone(state, new Map(areas.map((a) => [a.areaId, a.capacity])));
    events.push({ type: 'CapacityChanged', data: { areas, ...gone, reason: reason ?? '' } });
  }
  return events;
}

/** What of the blocked places of areas goes with their new capacities, which who blocked them cannot see otherwise. */
function blockedGone(
  { plan, areas }: ShowState,
  capacities: ReadonlyMap<string, number>,
): { readonly blockedGone?: AreaQuantity[] } {
  const gone = plan.areas.flatMap(({ id }, area): AreaQuantity[] => {
    const capacity = capacities.get(id);
    const quantity = capacity === undefined ? 0 : areas.blocked[area]! - blockedWithin(areas, area, capacity);
    return quantity > 0 ? [{ areaId: id, quantity }] : [];
  });
  return gone.length > 0 ? { blockedGone: gone } : {};
}

/** One spelling for each instant, so that the same time written otherwise is no change. */
function normalised<T extends Record<string, string | null | undefined>>(times: T): T {
  return Object.fromEntries(
    Object.entries(times).map(([k, v]) => [k, typeof v === 'string' ? toIso(Date.parse(v)) : v]),
  ) as T;
}

function newPrices(state: ShowState, prices: Prices): Prices {
  return Object.fromEntries(
    Object.entries(prices).filter(([category, price]) => {
      const old = state.prices.get(category);
      return old?.amount !== price.amount || old.currency !== price.currency;
    }),
  );
}

function pricesEditRefused(state: ShowState, prices: Prices): Rejection | null {
  const unknown = Object.keys(prices).find((c) => !state.plan.categoryIndex.has(c));
  if (unknown !== undefined) return unknownCategory(state, unknown);
  return pricesRefused({ ...Object.fromEntries(state.prices), ...prices });
}

function areasRefused(
  state: ShowState,
  areas: readonly { id: string; capacity: number }[],
): Rejection | null {
  const unknown = areas.map(({ id }) => id).filter((id) => !state.plan.areaIndex.has(id));
  if (unknown.length > 0) return unknownAreas(unknown);
  for (const { id, capacity } of areas) {
    const area = state.plan.areaIndex.get(id)!;
    const refusal = belowTaken(id, capacity, state.areas.held[area]! + state.areas.booked[area]!);
    if (refusal) return refusal;
  }
  return tooManyPlaces(state, areas);
}

/** The bound of a plan holds for what an edit makes of its areas too. */
function tooManyPlaces(
  state: ShowState,
  areas: readonly { id: string; capacity: number }[],
): Rejection | null {
  const capacities = Array.from(state.areas.capacity);
  for (const { id, capacity } of areas) capacities[state.plan.areaIndex.get(id)!] = capacity;
  const places = capacities.reduce((sum, capacity) => sum + capacity, 0);
  if (places <= PLACES_MAX) return null;
  const message = `The areas would have ${places} places; a show has at most ${PLACES_MAX}.`;
  return rejection('InvalidRequest', message, {
    errors: [{ pointer: '/areas', code: 'tooBig', message }],
  });
}

function belowTaken(areaId: string, capacity: number, taken: number): Rejection | null {
  if (capacity >= taken) return null;
  const message = `Held or booked in ${areaId}: ${taken}; its capacity cannot be less.`;
  return rejection('CapacityBelowTaken', message, { areaId, taken });
}

export const changeSeating: Handler<ChangeSeating> = (turn, { plan, prices, reason, soldOutReason }) => {
  const { state } = turn;
  const missing = plan.categories.find((c) => !prices[c.id] && !state.prices.has(c.id));
  if (missing) return rejection('InvalidRequest', `The new category ${missing.id} has no price.`);
  const refusal =
    seatsLost(state, plan) ??
    areasLost(state, plan) ??
    pricesRefused({ ...Object.fromEntries(state.prices), ...prices });
  if (refusal) return refusal;
  // Prices first: a category is never without one, nor does a map of the past say that it cost nothing.
  const changed = newPrices(state, prices);
  if (Object.keys(changed).length > 0) turn.emit({ type: 'PriceChanged', data: { prices: changed, reason } });
  if (plan.id !== state.plan.id) {
    const capacityIn = (id: string) => plan.areas[plan.areaIndex.get(id) ?? -1]?.capacity ?? 0;
    const gone = blockedGone(state, new Map(state.plan.areas.map(({ id }) => [id, capacityIn(id)])));
    turn.emit({ type: 'CapacityChanged', data: { areas: [], seatingPlanId: plan.id, ...gone, reason } });
  }
  blockFree(turn, soldOutReason);
  if (turn.events.length > 0) serveLine(turn);
  return null;
};

/** A seat that is held or booked must survive, in the category that its holder was promised. */
function seatsLost(state: ShowState, plan: SeatingPlan): Rejection | null {
  const { status } = state.seats;
  for (let i = 0; i < status.length; i += 1) {
    if (status[i] !== HELD && status[i] !== BOOKED) continue;
    const category = state.plan.seatCategory[i]!;
    const survivor = plan.seatIndex.get(state.plan.seatIds[i]!);
    const kept = survivor !== undefined && plan.categories[plan.seatCategory[survivor]!]!.id;
    const areaId = state.plan.categories[category]!.id;
    if (kept === areaId) continue;
    const taken = state.seats.count(category, HELD) + state.seats.count(category, BOOKED);
    const message = `Seat ${state.plan.seatIds[i]!} is held or booked, so it must stay in category ${areaId}.`;
    return rejection('CapacityBelowTaken', message, { areaId, taken });
  }
  return null;
}

function areasLost(state: ShowState, plan: SeatingPlan): Rejection | null {
  for (let a = 0; a < state.plan.areas.length; a += 1) {
    const { id } = state.plan.areas[a]!;
    const now = plan.areaIndex.get(id);
    const refusal = belowTaken(
      id,
      now === undefined ? 0 : plan.areas[now]!.capacity,
      state.areas.held[a]! + state.areas.booked[a]!,
    );
    if (refusal) return refusal;
  }
  return null;
}
