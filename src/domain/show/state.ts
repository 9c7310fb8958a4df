// The state of one show, folded from its stream: seats as typed arrays, everything else in maps by id. It is changed in
// place by `evolve`, and only there.
import type { AggregateState, Money } from '../decider.ts';
import type { SeatingPlan } from '../seating-plan/plan.ts';
import { DueQueue } from './due-queue.ts';
import type { AreaQuantity, ShowRules } from './events.ts';
import type { Line } from './line.ts';
import { BLOCKED, BOOKED, FREE, HELD, SeatMap } from './seat-map.ts';

export interface Hold {
  readonly id: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly seats: readonly string[];
  readonly areas: readonly AreaQuantity[];
  readonly total: Money;
  /** ms; live while now < until. */
  until: number;
  readonly firstUntil: number;
  status: 'live' | 'confirmed' | 'released' | 'expired';
  bookingId: string | null;
  /** The waitlist entry whose offer it is. */
  readonly entryId: string | null;
}

export interface Booking {
  readonly id: string;
  readonly hold: Hold;
  readonly confirmedAt: number;
  status: 'confirmed' | 'cancelled';
}

export interface Entry {
  readonly id: string;
  readonly offerHoldId: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly categoryId: string;
  readonly quantity: number;
  readonly acceptFewer: boolean;
  status: 'waiting' | 'offered' | 'taken' | 'declined' | 'lapsed' | 'left';
  /** Revision at which status or offer last changed. */
  changedAt: number;
}

/** Holds and offers that lapsed in a row. */
export interface Lapses {
  readonly count: number;
  /** When the last of them was over, ms. */
  readonly lastMs: number;
}

/** Counts of unnumbered areas, by area index of the plan. */
export interface AreaCounts {
  readonly capacity: Int32Array;
  readonly held: Int32Array;
  readonly booked: Int32Array;
  readonly blocked: Int32Array;
}

/** Times in ms; null as in the events. */
export interface Schedule {
  eventId: string;
  venueId: string;
  timeZone: string;
  startsAt: number;
  endsAt: number | null;
  salesOpenAt: number | null;
  salesCloseAt: number | null;
  publishedAt: number | null;
}

export interface ShowState extends AggregateState {
  /** False until ShowScheduled. */
  exists: boolean;
  published: boolean;
  paused: boolean;
  /** Why sales were last paused: what paused them for its own reason may resume them. */
  pausedFor: string | null;
  cancelled: boolean;
  /** Revision of the last edit. */
  version: number;
  schedule: Schedule;
  rules: Required<ShowRules>;
  prices: Map<string, Money>;
  plan: SeatingPlan;
  seats: SeatMap;
  areas: AreaCounts;
  readonly holds: Map<string, Hold>;
  readonly bookings: Map<string, Booking>;
  readonly entries: Map<string, Entry>;
  readonly lines: Map<string, Line>;
  /** `customerId/categoryId` -> id of the open (waiting or offered) entry. */
  readonly openEntries: Map<string, string>;
  /** Tickets of each customer that count against the limit: live holds, offers, bookings. */
  readonly tickets: Map<string, number>;
  /** Of each customer since the last booking, while the show has a cool-down. */
  readonly lapses: Map<string, Lapses>;
  due: DueQueue<Hold>;
}

const NO_PLAN: SeatingPlan = {
  id: '',
  venueId: '',
  name: '',
  categories: [],
  areas: [],
  focalPoint: { x: 0, y: 0 },
  seatCount: 0,
  seatIds: [],
  seatNumbers: [],
  seatIndex: new Map(),
  seatCategory: new Uint16Array(),
  seatRow: new Uint32Array(),
  x: new Float64Array(),
  y: new Float64Array(),
  rows: [],
  categoryIndex: new Map(),
  areaIndex: new Map(),
  areaCategory: new Uint16Array(),
};

export function initialState(): ShowState {
  return {
    revision: -1,
    lastAt: 0,
    commands: new Map(),
    exists: false,
    published: false,
    paused: false,
    pausedFor: null,
    cancelled: false,
    version: 0,
    schedule: {
      eventId: '',
      venueId: '',
      timeZone: 'UTC',
      startsAt: 0,
      endsAt: null,
      salesOpenAt: null,
      salesCloseAt: null,
      publishedAt: null,
    },
    rules: { holdTtlMs: 0, offerTtlMs: 0, ticketsPerCustomer: 0, waitlistPolicy: 'strict', cooldownMs: 0 },
    prices: new Map(),
    plan: NO_PLAN,
    seats: new SeatMap(NO_PLAN),
    areas: areaCounts(NO_PLAN),
    holds: new Map(),
    bookings: new Map(),
    entries: new Map(),
    lines: new Map(),
    openEntries: new Map(),
    tickets: new Map(),
    lapses: new Map(),
    due: new DueQueue(),
  };
}

export function areaCounts(plan: SeatingPlan): AreaCounts {
  const n = plan.areas.length;
  return {
    capacity: Int32Array.from(plan.areas, (a) => a.capacity),
    held: new Int32Array(n),
    booked: new Int32Array(n),
    blocked: new Int32Array(n),
  };
}

export const openKey = (customerId: string, categoryId: string): string => `${customerId}/${categoryId}`;
export const ticketsOf = (state: ShowState, customerId: string): number => state.tickets.get(customerId) ?? 0;

/**
 * Drops what nothing in a show's future depends on: holds that were released or lapsed. Only for readers of counts:
 * whoever answers commands keeps them, to answer retries.
 */
export function forgetEndedHolds(state: ShowState): void {
  for (const [id, { status }] of state.holds) {
    if (status === 'released' || status === 'expired') state.holds.delete(id);
  }
  state.due.firstDue(-Infinity); // lets go of those at the top of the queue
}

/** Number of tickets in a hold. */
export function sizeOfHold(hold: { seats: readonly string[]; areas: readonly AreaQuantity[] }): number {
  let n = hold.seats.length;
  for (const area of hold.areas) n += area.quantity;
  return n;
}

/** Places of an area that nobody has, kept for the line or not. */
export function freeInArea({ areas }: ShowState, area: number): number {
  return areas.capacity[area]! - areas.held[area]! - areas.booked[area]! - areas.blocked[area]!;
}

export interface Counts {
  capacity: number;
  free: number;
  held: number;
  booked: number;
  blocked: number;
}

/** Seats and places of a category; `free` includes what is kept for the line. */
export function countCategory(state: ShowState, category: number): Counts {
  const { seats, areas, plan } = state;
  const counts = {
    capacity: 0,
    free: seats.count(category, FREE),
    held: seats.count(category, HELD),
    booked: seats.count(category, BOOKED),
    blocked: seats.count(category, BLOCKED),
  };
  for (let a = 0; a < plan.areas.length; a += 1) {
    if (plan.areaCategory[a] !== category) continue;
    counts.free += freeInArea(state, a);
    counts.held += areas.held[a]!;
    counts.booked += areas.booked[a]!;
    counts.blocked += areas.blocked[a]!;
  }
  counts.capacity = counts.free + counts.held + counts.booked + counts.blocked;
  return counts;
}

/** What says when a show sells. */
export type Scheduled = {
  readonly schedule: Pick<Schedule, 'startsAt' | 'salesOpenAt' | 'salesCloseAt' | 'publishedAt'>;
};
/** When sales open and close, ms; null: not before the publication. */
export const opensAt = ({ schedule }: Scheduled): number | null =>
  schedule.salesOpenAt ?? schedule.publishedAt;
export const closesAt = ({ schedule }: Scheduled): number => schedule.salesCloseAt ?? schedule.startsAt;
