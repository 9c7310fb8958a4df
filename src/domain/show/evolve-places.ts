// How events move seats and places: held, booked, blocked, freed, offered; and the line with them.
import { toMs, type Money } from '../decider.ts';
import { countLapse, forgiveLapses } from './cooldown.ts';
import type { Places, SeatsHeld, SeatsOffered, WaitlistJoined } from './events.ts';
import { Line } from './line.ts';
import { BOOKED, FREE, HELD, type SeatStatus } from './seat-map.ts';
import {
  openKey,
  sizeOfHold,
  ticketsOf,
  type Booking,
  type Entry,
  type Hold,
  type ShowState,
} from './state.ts';

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

export function block(
  state: ShowState,
  places: Places,
  from: SeatStatus,
  to: SeatStatus,
  sign: 1 | -1,
): void {
  const seats = places.seats.filter((id) => state.seats.status[state.plan.seatIndex.get(id) ?? -1] === from);
  mark(state, seats, to);
  count(state, places, 'blocked', sign);
}

function addTickets(state: ShowState, customerId: string, n: number): void {
  const tickets = ticketsOf(state, customerId) + n;
  if (tickets > 0) state.tickets.set(customerId, tickets);
  else state.tickets.delete(customerId);
}

/** Most holds hold no places of areas, and cost what one seat costs: a million of them share what says so. */
const NO_AREAS: Places['areas'] = [];

function sharedTotal({ prices }: ShowState, total: Money): Money {
  for (const price of prices.values())
    if (price.amount === total.amount && price.currency === total.currency) return price;
  return total;
}

export function addHold(
  state: ShowState,
  data: SeatsHeld['data'] | SeatsOffered['data'],
  entryId: string | null,
): void {
  const until = toMs(data.until);
  const { holdId: id, clientId, customerId } = data;
  // The plan's own strings, so that a million holds share them.
  const seats = data.seats.map((seat) => state.plan.seatIds[state.plan.seatIndex.get(seat) ?? -1] ?? seat);
  const hold: Hold = {
    id,
    clientId,
    customerId,
    seats,
    areas: data.areas.length === 0 ? NO_AREAS : data.areas,
    total: sharedTotal(state, data.total),
    until,
    firstUntil: until,
    status: 'live',
    bookingId: null,
    entryId,
  };
  state.holds.set(id, hold);
  state.due.add(hold);
  mark(state, seats, HELD);
  count(state, hold, 'held', 1);
  addTickets(state, customerId, sizeOfHold(hold));
}

export function extend(state: ShowState, holdId: string, until: number): void {
  const hold = state.holds.get(holdId)!;
  hold.until = until;
  state.due.add(hold);
  if (hold.entryId !== null) state.entries.get(hold.entryId)!.changedAt = state.revision;
}

export function endHold(state: ShowState, holdId: string, status: 'released' | 'expired'): void {
  const hold = state.holds.get(holdId)!;
  hold.status = status;
  mark(state, hold.seats, FREE);
  count(state, hold, 'held', -1);
  addTickets(state, hold.customerId, -sizeOfHold(hold));
  if (status === 'expired') countLapse(state, hold);
}

export function offer(state: ShowState, data: SeatsOffered['data']): void {
  const entry = state.entries.get(data.entryId)!;
  state.lines.get(entry.categoryId)!.remove(entry.id, state.revision);
  entry.status = 'offered';
  entry.changedAt = state.revision;
  addHold(state, data, entry.id);
}

export function endOffer(
  state: ShowState,
  entryId: string,
  holdId: string,
  status: 'declined' | 'lapsed',
): void {
  endHold(state, holdId, status === 'declined' ? 'released' : 'expired');
  closeEntry(state, state.entries.get(entryId)!, status);
}

export function confirm(state: ShowState, bookingId: string, holdId: string): void {
  const hold = state.holds.get(holdId)!;
  hold.status = 'confirmed';
  hold.bookingId = bookingId;
  forgiveLapses(state, hold.customerId);
  state.bookings.set(bookingId, { id: bookingId, hold, confirmedAt: state.lastAt, status: 'confirmed' });
  mark(state, hold.seats, BOOKED);
  count(state, hold, 'held', -1);
  count(state, hold, 'booked', 1);
  if (hold.entryId !== null) closeEntry(state, state.entries.get(hold.entryId)!, 'taken');
}

export function cancelBooking(state: ShowState, booking: Booking): void {
  booking.status = 'cancelled';
  mark(state, booking.hold.seats, FREE);
  count(state, booking.hold, 'booked', -1);
  addTickets(state, booking.hold.customerId, -sizeOfHold(booking.hold));
}

export function join(state: ShowState, data: WaitlistJoined['data']): void {
  const { entryId: id, offerHoldId, clientId, customerId, categoryId, quantity, acceptFewer, place } = data;
  const entry: Entry = {
    id,
    offerHoldId,
    clientId,
    customerId,
    categoryId,
    quantity,
    acceptFewer,
    status: 'waiting',
    changedAt: state.revision,
  };
  state.entries.set(id, entry);
  state.openEntries.set(openKey(customerId, categoryId), id);
  let line = state.lines.get(categoryId);
  if (!line) state.lines.set(categoryId, (line = new Line()));
  line.append({ entryId: id, place, changedAt: state.revision });
}

export function closeEntry(state: ShowState, entry: Entry, status: Entry['status']): void {
  state.lines.get(entry.categoryId)!.remove(entry.id, state.revision);
  const key = openKey(entry.customerId, entry.categoryId);
  if (state.openEntries.get(key) === entry.id) state.openEntries.delete(key);
  entry.status = status;
  entry.changedAt = state.revision;
}

export function cancelShow(state: ShowState): void {
  state.cancelled = true;
  for (const hold of state.holds.values()) if (hold.status === 'live') endHold(state, hold.id, 'released');
  for (const booking of state.bookings.values())
    if (booking.status === 'confirmed') cancelBooking(state, booking);
  for (const entry of state.entries.values())
    if (entry.status === 'waiting' || entry.status === 'offered') closeEntry(state, entry, 'lapsed');
}
