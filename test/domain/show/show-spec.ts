// The language of the show's tests: a show with a plan of rows A, B, … and areas, a clock that tests move, and commands
// whose verdict is either the events they made or the refusal's code.
import { expect } from 'vitest';
import type { Decision, StatedEvent } from '../../../src/domain/decider.ts';
import type { Rejection } from '../../../src/domain/rejection.ts';
import { buildPlan } from '../../../src/domain/seating-plan/plan-builder.ts';
import type { Area, Point, SeatingPlan } from '../../../src/domain/seating-plan/plan.ts';
import type { ShowCommand } from '../../../src/domain/show/commands.ts';
import type { ShowEvent, ShowRules } from '../../../src/domain/show/events.ts';
import { showAggregate, type ShowState } from '../../../src/domain/show/show.ts';
import { saveShow } from '../../../src/domain/show/snapshot.ts';
import {
  areaViews,
  bookingView,
  categoryViews,
  entryView,
  holdView,
  showView,
} from '../../../src/domain/show/views.ts';
import { seatCodes } from './seat-codes.ts';

export const T0 = Date.parse('2027-03-01T12:00:00.000Z');
export const DAY = 86_400_000;
export const MINUTE = 60_000;
export const iso = (ms: number): string => new Date(ms).toISOString();

export interface HallShape {
  rows?: number;
  seatsPerRow?: number;
  /** Rows are split evenly among them. */
  categories?: string[];
  areas?: Area[];
  focalPoint?: Point;
  id?: string;
}

const rowName = (i: number): string =>
  i < 26 ? String.fromCharCode(65 + i) : rowName(Math.floor(i / 26) - 1) + rowName(i % 26);

/** Seats `A-1` … one unit apart, row A nearest to the focal point. */
export function hall({
  rows = 2,
  seatsPerRow = 10,
  categories = ['Stalls'],
  areas = [],
  focalPoint,
  id = 'plan-1',
}: HallShape = {}): SeatingPlan {
  const ids = [...new Set([...(rows > 0 ? categories : []), ...areas.map((a) => a.categoryId)])];
  return buildPlan({
    id,
    venueId: 'venue-1',
    name: 'Hall',
    categories: ids.map((c) => ({ id: c, name: c, color: null })),
    areas,
    focalPoint: focalPoint ?? { x: (seatsPerRow - 1) / 2, y: 0 },
    rows: Array.from({ length: rows }, (_, r) => ({
      zone: 'Main',
      name: rowName(r),
      ids: Array.from({ length: seatsPerRow }, (_, s) => `${rowName(r)}-${s + 1}`),
      numbers: Array.from({ length: seatsPerRow }, (_, s) => String(s + 1)),
      categories: Array.from({ length: seatsPerRow }, () => Math.floor((r * categories.length) / rows)),
      x: Array.from({ length: seatsPerRow }, (_, s) => s),
      y: Array.from({ length: seatsPerRow }, () => r),
    })),
  });
}

type Times = Partial<
  Pick<
    Extract<ShowCommand, { kind: 'ScheduleShow' }>,
    'startsAt' | 'endsAt' | 'salesOpenAt' | 'salesCloseAt' | 'published' | 'prices'
  >
>;
type Verdict = Decision<ShowEvent>;

export class ShowSpec {
  now = T0;
  /** False: what is due does not lapse before a command. */
  sweeps = true;
  readonly plans = new Map<string, SeatingPlan>();
  readonly aggregate = showAggregate(this.plans);
  state: ShowState = this.aggregate.initialState();
  /** Every event so far, as the log would have it. */
  readonly history: StatedEvent[] = [];
  #commands = 0;

  constructor(shape: HallShape | SeatingPlan = {}, rules: Partial<ShowRules> & Times = {}) {
    const plan = 'seatCount' in shape ? shape : hall(shape);
    this.plans.set(plan.id, plan);
    const prices = Object.fromEntries(
      plan.categories.map((c, i) => [c.id, { amount: 2500 + 1000 * i, currency: 'EUR' }]),
    );
    const defaults = {
      holdTtlMs: 10 * MINUTE,
      offerTtlMs: 10 * MINUTE,
      ticketsPerCustomer: 10,
      waitlistPolicy: 'strict',
    } as const;
    const times = { startsAt: iso(T0 + 30 * DAY), endsAt: null, salesOpenAt: null, salesCloseAt: null };
    this.when({
      kind: 'ScheduleShow',
      eventId: 'event-1',
      plan,
      timeZone: 'Europe/Madrid',
      prices,
      published: true,
      ...times,
      ...defaults,
      ...rules,
    });
  }

  /** Decides at the spec's clock, lapses first as the pipeline does (see `sweeps`). */
  when(command: ShowCommand): Verdict {
    const due = this.sweeps && this.aggregate.due!(this.state, this.now);
    if (due && command.kind !== 'ExpireDue') this.#lapses(due);
    return this.#decide(command, 'hash');
  }

  /** What is due does something: otherwise it would be due for ever. */
  #lapses(due: ShowCommand): void {
    const before = this.state.revision;
    this.#decide(due, '');
    expect(this.state.revision).toBeGreaterThan(before);
  }

  #decide(command: ShowCommand, requestHash: string): Verdict {
    this.#commands += 1;
    const at = Math.max(this.now, this.state.lastAt);
    const metadata = { commandId: `command-${this.#commands}`, requestHash, at: iso(at) };
    const before = this.state.revision;
    const decision = this.aggregate.decide(this.state, command, metadata);
    if ('accepted' in decision)
      for (const event of decision.accepted) this.history.push({ ...event, metadata });
    expect(this.state.revision - before).toBe('accepted' in decision ? decision.accepted.length : 0);
    return decision;
  }

  /** The events of an accepted command; fails on a refusal. */
  accepts(command: ShowCommand): readonly ShowEvent[] {
    const verdict = this.when(command);
    if ('rejected' in verdict)
      throw new Error(`${command.kind} was refused: ${verdict.rejected.code} ${verdict.rejected.detail}`);
    return verdict.accepted;
  }

  /** The refusal of a command; fails when it is accepted. */
  refuses(command: ShowCommand): Rejection {
    const verdict = this.when(command);
    if ('accepted' in verdict)
      throw new Error(`${command.kind} was accepted: ${verdict.accepted.map((e) => e.type).join(' ')}`);
    return verdict.rejected;
  }

  hold(
    customerId: string,
    what: string[] | Partial<Extract<ShowCommand, { kind: 'HoldSeats' }>>,
    clientId = 'shop',
  ): Extract<ShowCommand, { kind: 'HoldSeats' }> {
    const places = Array.isArray(what) ? { seats: what } : what;
    return {
      kind: 'HoldSeats',
      holdId: `hold-${this.#commands + 1}`,
      clientId,
      customerId,
      seats: [],
      areas: [],
      ...places,
    };
  }

  best(
    customerId: string,
    quantity: number,
    together = true,
    categoryId = this.state.plan.categories[0]!.id,
  ): ShowCommand {
    return this.hold(customerId, { bestAvailable: { categoryId, quantity, together } });
  }

  /** Holds and gives the hold's id. */
  held(customerId: string, what: string[] | Partial<Extract<ShowCommand, { kind: 'HoldSeats' }>>): string {
    const command = this.hold(customerId, what);
    this.accepts(command);
    return command.holdId;
  }

  /** Holds and confirms; gives the booking's id. */
  booked(customerId: string, what: string[] | Partial<Extract<ShowCommand, { kind: 'HoldSeats' }>>): string {
    const holdId = this.held(customerId, what);
    this.accepts(this.confirm(holdId));
    return `booking-of-${holdId}`;
  }

  confirm(holdId: string): ShowCommand {
    return {
      kind: 'ConfirmHold',
      holdId,
      bookingId: `booking-of-${holdId}`,
      paymentReference: null,
      caller: shop,
    };
  }

  release(holdId: string): ShowCommand {
    return { kind: 'ReleaseHold', holdId, caller: shop };
  }

  cancel(bookingId: string): ShowCommand {
    return { kind: 'CancelBooking', bookingId, reason: 'ill', caller: shop };
  }

  join(
    customerId: string,
    quantity = 1,
    fields: { acceptFewer?: boolean; categoryId?: string } = {},
  ): Extract<ShowCommand, { kind: 'JoinWaitlist' }> {
    const categoryId = fields.categoryId ?? this.state.plan.categories[0]!.id;
    const entryId = `entry-${customerId}-${categoryId}`;
    const acceptFewer = fields.acceptFewer ?? false;
    return {
      kind: 'JoinWaitlist',
      entryId,
      offerHoldId: `offer-${entryId}`,
      clientId: 'shop',
      customerId,
      categoryId,
      quantity,
      acceptFewer,
    };
  }

  /** Joins and gives the entry's id. */
  joined(
    customerId: string,
    quantity = 1,
    fields: { acceptFewer?: boolean; categoryId?: string } = {},
  ): string {
    const command = this.join(customerId, quantity, fields);
    this.accepts(command);
    return command.entryId;
  }

  leave(entryId: string): ShowCommand {
    return { kind: 'LeaveWaitlist', entryId, caller: shop };
  }

  /** Every seat sold, each to a customer of its own; gives the bookings' ids in plan order. */
  sellOut(): string[] {
    return this.state.plan.seatIds.map((seat, i) => this.booked(`owner${i}`, [seat]));
  }

  entry(entryId: string) {
    return entryView(this.state, entryId, this.now)!;
  }

  holdOf(holdId: string) {
    return holdView(this.state, holdId, this.now)!;
  }

  bookingOf(bookingId: string) {
    return bookingView(this.state, bookingId)!;
  }

  get view() {
    return showView(this.state, this.now);
  }

  seat(id: string): number {
    return seatCodes(this.state)[this.state.plan.seatIndex.get(id)!]!;
  }

  /**
   * The state folded again from every event must be this one; free + held + booked + blocked = capacity everywhere; and
   * something is due exactly when the clock would make something happen.
   */
  isConsistent(): void {
    const folded = this.aggregate.initialState();
    for (const event of this.history)
      this.aggregate.evolve(folded, JSON.parse(JSON.stringify(event)) as StatedEvent);
    expect(saveShow(folded)).toEqual(saveShow(this.state));
    for (const c of [...categoryViews(this.state), ...areaViews(this.state)]) {
      expect(c.free + c.held + c.booked + c.blocked).toBe(c.capacity);
      expect(Math.min(c.free, c.held, c.booked, c.blocked)).toBeGreaterThanOrEqual(0);
    }
    const due = this.aggregate.due!(folded, this.now, true) !== null;
    const metadata = { commandId: 'due', requestHash: '', at: iso(Math.max(this.now, folded.lastAt)) };
    const decision = this.aggregate.decide(folded, { kind: 'ExpireDue' }, metadata);
    expect('accepted' in decision && decision.accepted.length > 0).toBe(due);
  }
}

export const shop = { clientId: 'shop', all: false };
export const types = (events: readonly ShowEvent[]): string[] => events.map((e) => e.type);
