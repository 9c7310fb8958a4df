// How a show looks from outside: pure functions from its state and a clock to the shapes of the API.
import { toIso, type Money } from '../decider.ts';
import type { AreaQuantity, ShowRules } from './events.ts';
import { priceOf } from './price.ts';
import { BLOCKED, FREE, type SeatStatus } from './seat-map.ts';
import { isKept, showStatus, type ShowStatus } from './selling.ts';
import {
  closesAt,
  countCategory,
  freeInArea,
  opensAt,
  type Counts,
  type Entry,
  type Hold,
  type ShowState,
} from './state.ts';

export { isKept, nextStatusChangeMs, showStatus, type ShowStatus } from './selling.ts';

export interface HoldView {
  readonly id: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly status: 'live' | 'confirmed' | 'released' | 'expired';
  readonly seats: readonly string[];
  readonly areas: readonly AreaQuantity[];
  readonly total: Money;
  readonly until: string;
}

const statusOf = (hold: Hold, nowMs: number): HoldView['status'] =>
  hold.status === 'live' && nowMs >= hold.until ? 'expired' : hold.status;

/** A hold as it is at `nowMs`: at `until` it is expired, recorded or not. */
export function holdView(state: ShowState, holdId: string, nowMs: number): HoldView | null {
  const hold = state.holds.get(holdId);
  if (!hold) return null;
  const { id, clientId, customerId, seats, areas, total } = hold;
  return {
    id,
    clientId,
    customerId,
    status: statusOf(hold, nowMs),
    seats,
    areas,
    total,
    until: toIso(hold.until),
  };
}

export interface BookingView {
  readonly id: string;
  readonly holdId: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly seats: readonly string[];
  readonly areas: readonly AreaQuantity[];
  readonly total: Money;
  readonly confirmedAt: string;
}

export function bookingView(state: ShowState, bookingId: string): BookingView | null {
  const booking = state.bookings.get(bookingId);
  if (!booking) return null;
  const { clientId, customerId, seats, areas, total } = booking.hold;
  return {
    id: booking.id,
    holdId: booking.hold.id,
    clientId,
    customerId,
    status: booking.status,
    seats,
    areas,
    total,
    confirmedAt: toIso(booking.confirmedAt),
  };
}

export interface EntryView {
  readonly id: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly categoryId: string;
  readonly quantity: number;
  readonly acceptFewer: boolean;
  readonly status: Entry['status'];
  readonly ahead: number;
  readonly offer: {
    readonly holdId: string;
    readonly seats: readonly string[];
    readonly areas: readonly AreaQuantity[];
    readonly until: string;
  } | null;
}

/** An entry as it is at `nowMs`: an offer past its `until` has lapsed, recorded or not. */
export function entryView(state: ShowState, entryId: string, nowMs: number): EntryView | null {
  const entry = state.entries.get(entryId);
  if (!entry) return null;
  const { id, clientId, customerId, categoryId, quantity, acceptFewer } = entry;
  const hold = entry.status === 'offered' ? state.holds.get(entry.offerHoldId)! : null;
  const lapsed = hold !== null && nowMs >= hold.until;
  return {
    id,
    clientId,
    customerId,
    categoryId,
    quantity,
    acceptFewer,
    status: lapsed ? 'lapsed' : entry.status,
    ahead: state.lines.get(categoryId)!.ahead(entryId),
    offer:
      hold && !lapsed
        ? {
            holdId: hold.id,
            seats: hold.seats,
            areas: hold.areas,
            until: toIso(hold.until),
          }
        : null,
  };
}

/**
 * Revision at which status, `ahead` or offer of an entry last changed; −1: there is none; infinite: the clock alone has
 * ended its offer, which no event says yet.
 */
export function entryChangedAt(state: ShowState, entryId: string, nowMs: number): number {
  const entry = state.entries.get(entryId);
  if (!entry) return -1;
  if (entry.status === 'offered' && nowMs >= state.holds.get(entry.offerHoldId)!.until) return Infinity;
  return Math.max(entry.changedAt, state.lines.get(entry.categoryId)!.aheadChangedAt(entryId));
}

export interface CategoryView extends Counts {
  readonly id: string;
  readonly name: string;
  readonly color: string | null;
  readonly price: Money;
  readonly waiting: number;
}

export interface AreaView extends Counts {
  readonly id: string;
  readonly name: string;
  readonly categoryId: string;
}

/** What is free but kept for the line counts as blocked. */
const seenCounts = ({ capacity, free, held, booked, blocked }: Counts, kept: boolean): Counts =>
  kept
    ? { capacity, free: 0, held, booked, blocked: blocked + free }
    : { capacity, free, held, booked, blocked };

export function categoryViews(state: ShowState): CategoryView[] {
  return state.plan.categories.map(({ id, name, color }, c) => ({
    id,
    name,
    color,
    price: priceOf(state, c),
    ...seenCounts(countCategory(state, c), isKept(state, c)),
    waiting: state.lines.get(id)?.size ?? 0,
  }));
}

export const areaViews = (state: ShowState): AreaView[] =>
  state.plan.areas.map((_, a) => areaView(state, a, isKept(state, state.plan.areaCategory[a]!)));

/** The area of that index of the plan; `kept`: what is free in its category is kept for the line. */
export function areaView(state: ShowState, a: number, kept: boolean): AreaView {
  const { areas, plan } = state;
  const { id, name, categoryId } = plan.areas[a]!;
  const counts = {
    capacity: areas.capacity[a]!,
    free: freeInArea(state, a),
    held: areas.held[a]!,
    booked: areas.booked[a]!,
    blocked: areas.blocked[a]!,
  };
  return { id, name, categoryId, ...seenCounts(counts, kept) };
}

/** A seat on the map; `kept`: what is free in its category is kept for the line. */
export const seenStatus = (status: SeatStatus, kept: boolean): SeatStatus =>
  kept && status === FREE ? BLOCKED : status;

export interface ShowView extends Required<ShowRules> {
  readonly eventId: string;
  readonly venueId: string;
  readonly status: ShowStatus;
  readonly version: number;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly timeZone: string;
  readonly salesOpenAt: string | null;
  readonly salesCloseAt: string;
  readonly seatingPlanId: string;
  readonly categories: CategoryView[];
  readonly areas: AreaView[];
}

/** The show page but for its venue; windows as they apply, defaults included. */
export function showView(state: ShowState, nowMs: number): ShowView {
  const { schedule: s, rules } = state;
  const open = opensAt(state);
  return {
    eventId: s.eventId,
    venueId: s.venueId,
    status: showStatus(state, nowMs),
    version: state.version,
    startsAt: toIso(s.startsAt),
    endsAt: s.endsAt === null ? null : toIso(s.endsAt),
    timeZone: s.timeZone,
    salesOpenAt: open === null ? null : toIso(open),
    salesCloseAt: toIso(closesAt(state)),
    holdTtlMs: rules.holdTtlMs,
    offerTtlMs: rules.offerTtlMs,
    ticketsPerCustomer: rules.ticketsPerCustomer,
    waitlistPolicy: rules.waitlistPolicy,
    cooldownMs: rules.cooldownMs,
    seatingPlanId: state.plan.id,
    categories: categoryViews(state),
    areas: areaViews(state),
  };
}
