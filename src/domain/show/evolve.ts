// How each event changes a show's state, in place. Cannot fail: what the decision let through is simply applied.
import type { StatedEvent } from '../decider.ts';
import { toMs } from '../decider.ts';
import type { SeatingPlan } from '../seating-plan/plan.ts';
import type { CapacityChanged, Places, SeatsHeld, SeatsOffered, ShowEvent, ShowRescheduled, ShowScheduled, WaitlistJoined } from './events.ts';
import { Line } from './line.ts';
import { BLOCKED, BOOKED, FREE, HELD, SeatMap, type SeatStatus } from './seat-map.ts';
import { areaCounts, openKey, sizeOfHold, ticketsOf, type AreaCounts, type Booking, type Entry, type Hold, type ShowState } from './state.ts';

/** Where evolve finds the seating plans that events name; they are loaded before the events are applied. */
export interface Plans {
  get(id: string): SeatingPlan | undefined;
}

export function evolve(state: ShowState, recorded: StatedEvent, plans: Plans): void {
  const event = recorded as unknown as ShowEvent;
  const { metadata } = recorded;
  state.revision += 1;
  state.lastAt = toMs(metadata.at);
  if (metadata.requestHash !== '') state.commands.set(metadata.commandId, metadata.requestHash);
  switch (event.type) {
    case 'SeatsHeld':
      return addHold(state, event.data, null);
    case 'SeatsOffered':
      return offer(state, event.data);
    case 'HoldExtended':
      return extend(state, event.data.holdId, toMs(event.data.until));
    case 'HoldReleased':
      return endHold(state, event.data.holdId, 'released');
    case 'HoldExpired':
      return endHold(state, event.data.holdId, 'expired');
    case 'OfferDeclined':
      return endOffer(state, event.data.entryId, event.data.holdId, 'declined');
    case 'OfferExpired':
      return endOffer(state, event.data.entryId, event.data.holdId, 'lapsed');
    case 'BookingConfirmed':
      return confirm(state, event.data.bookingId, event.data.holdId);
    case 'BookingCancelled':
      return cancelBooking(state, state.bookings.get(event.data.bookingId)!);
    case 'WaitlistJoined':
      return join(state, event.data);
    case 'WaitlistLeft':
      return closeEntry(state, state.entries.get(event.data.entryId)!, 'left');
    case 'WaitlistMoved': {
      const { entryId, ahead, place } = event.data;
      state.lines.get(state.entries.get(entryId)!.categoryId)!.move(entryId, ahead, place, state.revision);
      return;
    }
    case 'SeatsBlocked':
      return block(state, event.data, FREE, BLOCKED, 1);
    case 'SeatsUnblocked':
      return block(state, event.data, BLOCKED, FREE, -1);
    case 'ShowScheduled':
      return schedule(state, event.data, plans);
    case 'ShowPublished':
      state.published = true;
      state.schedule.publishedAt = state.lastAt;
      return;
    case 'ShowRescheduled':
      return reschedule(state, event.data);
    case 'ShowRulesChanged': {
      const { reason: _reason, ...rules } = event.data;
      state.rules = { ...state.rules, ...rules };
      state.version = state.revision;
      return;
    }
    case 'PriceChanged':
      for (const [category, price] of Object.entries(event.data.prices)) state.prices.set(category, price);
      state.version = state.revision;
      return;
    case 'CapacityChanged':
      return changeCapacity(state, event.data, plans);
    case 'SalesPaused':
      state.paused = true;
      return;
    case 'SalesResumed':
      state.paused = false;
      return;
    case 'ShowCancelled':
      return cancelShow(state);
    default:
      event satisfies never;
  }
}

const orNull = (iso: string | null): number | null => (iso === null ? null : toMs(iso));

function schedule(state: ShowState, data: ShowScheduled['data'], plans: Plans): void {
  const { holdTtlMs, offerTtlMs, ticketsPerCustomer, waitlistPolicy } = data;
  state.exists = true;
  state.published = data.published;
  state.rules = { holdTtlMs, offerTtlMs, ticketsPerCustomer, waitlistPolicy };
  state.schedule = {
    eventId: data.eventId,
    venueId: data.venueId,
    timeZone: data.timeZone,
    startsAt: toMs(data.startsAt),
    endsAt: orNull(data.endsAt),
    salesOpenAt: orNull(data.salesOpenAt),
    salesCloseAt: orNull(data.salesCloseAt),
    publishedAt: data.published ? state.lastAt : null,
  };
  state.prices = new Map(Object.entries(data.prices));
  state.plan = planNamed(plans, data.seatingPlanId);
  state.seats = new SeatMap(state.plan);
  state.areas = areaCounts(state.plan);
}

function reschedule(state: ShowState, data: ShowRescheduled['data']): void {
  const { schedule: s } = state;
  if (data.startsAt !== undefined) s.startsAt = toMs(data.startsAt);
  if (data.endsAt !== undefined) s.endsAt = orNull(data.endsAt);
  if (data.salesOpenAt !== undefined) s.salesOpenAt = orNull(data.salesOpenAt);
  if (data.salesCloseAt !== undefined) s.salesCloseAt = orNull(data.salesCloseAt);
  state.version = state.revision;
}

/** A missing plan is a broken invariant: whoever loads the stream loads its plans first. */
export function planNamed(plans: Plans, id: string): SeatingPlan {
  const plan = plans.get(id);
  if (!plan) throw new Error(`seating plan ${id} is not in memory: load it before its show`);
  return plan;
}

function changeCapacity(state: ShowState, data: CapacityChanged['data'], plans: Plans): void {
  if (data.seatingPlanId !== undefined) {
    const before = { plan: state.plan, areas: state.areas };
    state.plan = planNamed(plans, data.seatingPlanId);
    state.seats = state.seats.movedTo(state.plan);
    state.areas = areaCounts(state.plan);
    state.plan.areas.forEach((area, a) => {
      const old = before.plan.areaIndex.get(area.id);
      if (old === undefined) return;
      for (const count of ['held', 'booked', 'blocked'] as const) state.areas[count][a] = before.areas[count][old]!;
    });
  }
  for (const { areaId, capacity } of data.areas) state.areas.capacity[state.plan.areaIndex.get(areaId)!] = capacity;
  fitBlocked(state.areas);
  state.version = state.revision;
}

/** Less room takes from what is blocked first: blocked places are nobody's. */
function fitBlocked(areas: AreaCounts): void {
  areas.capacity.forEach((capacity, a) => {
    areas.blocked[a] = Math.max(0, Math.min(areas.blocked[a]!, capacity - areas.held[a]! - areas.booked[a]!));
  });
}

function mark(state: ShowState, seats: readonly string[], status: SeatStatus): void {
  for (const id of seats) {
    const seat = state.plan.seatIndex.get(id);
    if (seat !== undefined) state.seats.set(seat, status);
  }
}

function count(state: ShowState, places: Places, counter: 'held' | 'booked' | 'blocked', sign: 1 | -1): void {
  for (const { areaId, quantity } of places.areas) {
    const area = state.plan.areaIndex.get(areaId);
    if (area !== undefined) state.areas[counter][area]! += sign * quantity;
  }
}

function block(state: ShowState, places: Places, from: SeatStatus, to: SeatStatus, sign: 1 | -1): void {
  const seats = places.seats.filter((id) => state.seats.status[state.plan.seatIndex.get(id) ?? -1] === from);
  mark(state, seats, to);
  count(state, places, 'blocked', sign);
}

function addTickets(state: ShowState, customerId: string, n: number): void {
  const tickets = ticketsOf(state, customerId) + n;
  if (tickets > 0) state.tickets.set(customerId, tickets);
  else state.tickets.delete(customerId);
}

function addHold(state: ShowState, data: SeatsHeld['data'] | SeatsOffered['data'], entryId: string | null): void {
  const until = toMs(data.until);
  const { holdId: id, clientId, customerId, total, areas } = data;
  // The plan's own strings, so that a million holds share them.
  const seats = data.seats.map((seat) => state.plan.seatIds[state.plan.seatIndex.get(seat) ?? -1] ?? seat);
  const hold: Hold = { id, clientId, customerId, seats, areas, total, until, firstUntil: until, status: 'live', bookingId: null, entryId };
  state.holds.set(id, hold);
  state.due.add(hold);
  mark(state, seats, HELD);
  count(state, hold, 'held', 1);
  addTickets(state, customerId, sizeOfHold(hold));
}

function extend(state: ShowState, holdId: string, until: number): void {
  const hold = state.holds.get(holdId)!;
  hold.until = until;
  state.due.add(hold);
  if (hold.entryId !== null) state.entries.get(hold.entryId)!.changedAt = state.revision;
}

function endHold(state: ShowState, holdId: string, status: 'released' | 'expired'): void {
  const hold = state.holds.get(holdId)!;
  hold.status = status;
  mark(state, hold.seats, FREE);
  count(state, hold, 'held', -1);
  addTickets(state, hold.customerId, -sizeOfHold(hold));
}

function offer(state: ShowState, data: SeatsOffered['data']): void {
  const entry = state.entries.get(data.entryId)!;
  state.lines.get(entry.categoryId)?.remove(entry.id, state.revision);
  entry.status = 'offered';
  entry.changedAt = state.revision;
  addHold(state, data, entry.id);
}

function endOffer(state: ShowState, entryId: string, holdId: string, status: 'declined' | 'lapsed'): void {
  endHold(state, holdId, status === 'declined' ? 'released' : 'expired');
  closeEntry(state, state.entries.get(entryId)!, status);
}

function confirm(state: ShowState, bookingId: string, holdId: string): void {
  const hold = state.holds.get(holdId)!;
  hold.status = 'confirmed';
  hold.bookingId = bookingId;
  state.bookings.set(bookingId, { id: bookingId, hold, confirmedAt: state.lastAt, status: 'confirmed' });
  mark(state, hold.seats, BOOKED);
  count(state, hold, 'held', -1);
  count(state, hold, 'booked', 1);
  if (hold.entryId !== null) closeEntry(state, state.entries.get(hold.entryId)!, 'taken');
}

function cancelBooking(state: ShowState, booking: Booking): void {
  booking.status = 'cancelled';
  mark(state, booking.hold.seats, FREE);
  count(state, booking.hold, 'booked', -1);
  addTickets(state, booking.hold.customerId, -sizeOfHold(booking.hold));
}

function join(state: ShowState, data: WaitlistJoined['data']): void {
  const { entryId: id, offerHoldId, clientId, customerId, categoryId, quantity, acceptFewer, place } = data;
  const entry: Entry = { id, offerHoldId, clientId, customerId, categoryId, quantity, acceptFewer, status: 'waiting', changedAt: state.revision };
  state.entries.set(id, entry);
  state.openEntries.set(openKey(customerId, categoryId), id);
  let line = state.lines.get(categoryId);
  if (!line) state.lines.set(categoryId, (line = new Line()));
  line.append({ entryId: id, place, changedAt: state.revision });
}

function closeEntry(state: ShowState, entry: Entry, status: Entry['status']): void {
  state.lines.get(entry.categoryId)?.remove(entry.id, state.revision);
  const key = openKey(entry.customerId, entry.categoryId);
  if (state.openEntries.get(key) === entry.id) state.openEntries.delete(key);
  entry.status = status;
  entry.changedAt = state.revision;
}

function cancelShow(state: ShowState): void {
  state.cancelled = true;
  for (const hold of state.holds.values()) if (hold.status === 'live') endHold(state, hold.id, 'released');
  for (const booking of state.bookings.values()) if (booking.status === 'confirmed') cancelBooking(state, booking);
  for (const entry of state.entries.values()) if (entry.status === 'waiting' || entry.status === 'offered') closeEntry(state, entry, 'lapsed');
}
