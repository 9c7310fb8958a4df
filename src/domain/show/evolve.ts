// How each event changes a show's state, in place. Cannot fail: what the decision let through is simply applied. An event
// without a row in the table is a compile error.
import { toMs, type StatedEvent } from '../decider.ts';
import { record } from '../edit.ts';
import type { ShowEvent } from './events.ts';
import * as places from './evolve-places.ts';
import { changeCapacity, reschedule, schedule, type Plans } from './evolve-show.ts';
import { BLOCKED, FREE } from './seat-map.ts';
import type { ShowState } from './state.ts';

type DataOf<T extends ShowEvent['type']> = Extract<ShowEvent, { type: T }>['data'];
type Effects = {
  readonly [T in ShowEvent['type']]: (state: ShowState, data: DataOf<T>, plans: Plans) => void;
};

const effects: Effects = {
  AlreadySo: () => {},
  ShowScheduled: schedule,
  ShowPublished: (state) => {
    state.published = true;
    state.schedule.publishedAt = state.lastAt;
  },
  ShowRescheduled: reschedule,
  ShowRulesChanged: (state, { reason: _reason, ...rules }) => {
    state.rules = { ...state.rules, ...rules };
    state.version = state.revision;
  },
  PriceChanged: (state, { prices }) => {
    for (const [category, price] of Object.entries(prices)) state.prices.set(category, price);
    state.version = state.revision;
  },
  CapacityChanged: changeCapacity,
  SalesPaused: (state, { reason }) => {
    state.paused = true;
    state.pausedFor = reason;
  },
  SalesResumed: (state) => void (state.paused = false),
  ShowCancelled: places.cancelShow,
  SeatsBlocked: (state, data) => places.block(state, data, FREE, BLOCKED, 1),
  SeatsUnblocked: (state, data) => places.block(state, data, BLOCKED, FREE, -1),
  SeatsHeld: (state, data) => places.addHold(state, data, null),
  HoldExtended: (state, { holdId, until }) => places.extend(state, holdId, toMs(until)),
  HoldReleased: (state, { holdId }) => places.endHold(state, holdId, 'released'),
  HoldExpired: (state, { holdId }) => places.endHold(state, holdId, 'expired'),
  BookingConfirmed: (state, { bookingId, holdId }) => places.confirm(state, bookingId, holdId),
  BookingCancelled: (state, { bookingId }) => places.cancelBooking(state, state.bookings.get(bookingId)!),
  WaitlistJoined: places.join,
  WaitlistLeft: (state, { entryId }) => places.closeEntry(state, state.entries.get(entryId)!, 'left'),
  WaitlistMoved: (state, { entryId, ahead, place }) => {
    const { categoryId } = state.entries.get(entryId)!;
    state.lines.get(categoryId)!.move(entryId, ahead, place, state.revision);
  },
  SeatsOffered: places.offer,
  OfferDeclined: (state, { entryId, holdId }) => places.endOffer(state, entryId, holdId, 'declined'),
  OfferExpired: (state, { entryId, holdId }) => places.endOffer(state, entryId, holdId, 'lapsed'),
};

/** Applies one event. The seating plan that it names is in `plans` (see `needsPlan` of the aggregate). */
export function evolve(state: ShowState, event: StatedEvent, plans: Plans): void {
  record(state, event);
  const effect = effects[event.type as ShowEvent['type']] as (
    state: ShowState,
    data: unknown,
    plans: Plans,
  ) => void;
  effect(state, event.data, plans);
}
