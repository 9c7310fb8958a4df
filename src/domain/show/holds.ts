// What becomes of a hold: extended, released, lapsed, confirmed into a booking, and the booking cancelled (rules 3, 9).
import { toIso, toMs } from '../decider.ts';
import { rejection, type Rejection } from '../rejection.ts';
import type { Caller, ShowCommand } from './commands.ts';
import { serveLine } from './serve-line.ts';
import type { Booking, Hold, ShowState } from './state.ts';
import type { Handler, Turn } from './turn.ts';

type Command<K extends ShowCommand['kind']> = Extract<ShowCommand, { kind: K }>;

/** How far checkout may extend a hold past its first `until`. */
const EXTENSION_MAX_MS = 5 * 60_000;

const mayTouch = (caller: Caller, owner: { clientId: string }): boolean =>
  caller.all || caller.clientId === owner.clientId;

function findHold(state: ShowState, holdId: string, caller: Caller): Hold | null {
  const hold = state.holds.get(holdId);
  return hold && mayTouch(caller, hold) ? hold : null;
}

function findBooking(state: ShowState, bookingId: string, caller: Caller): Booking | null {
  const booking = state.bookings.get(bookingId);
  return booking && mayTouch(caller, booking.hold) ? booking : null;
}

export const noHold = (id: string): Rejection =>
  rejection('HoldNotFound', `There is no hold ${id} of yours in this show.`);
export const noBooking = (id: string): Rejection =>
  rejection('BookingNotFound', `There is no booking ${id} of yours in this show.`);
const expired = (hold: Hold): Rejection =>
  rejection('HoldExpired', `This hold ended at ${toIso(hold.until)}; hold the seats again.`);
const isLive = (hold: Hold, nowMs: number): boolean => hold.status === 'live' && nowMs < hold.until;

/** Frees a live hold by the event that its end deserves. */
export function endHold(turn: Turn, hold: Hold, how: 'given-back' | 'lapsed'): void {
  const { id: holdId, seats, areas, entryId } = hold;
  if (entryId !== null)
    turn.emit({
      type: how === 'lapsed' ? 'OfferExpired' : 'OfferDeclined',
      data: { entryId, holdId, seats, areas },
    });
  else turn.emit({ type: how === 'lapsed' ? 'HoldExpired' : 'HoldReleased', data: { holdId, seats, areas } });
}

/** Lapses of one command: more are the next one's, so that a storm of them never holds up the process for long. */
const LAPSES_MAX = 200;

/** What is overdue lapses in order of `until`, then the line is served once. */
export const expireDue: Handler<Command<'ExpireDue'>> = (turn) => {
  for (let lapsed = 0; lapsed < LAPSES_MAX; lapsed += 1) {
    const hold = turn.state.due.firstDue(turn.nowMs);
    if (!hold) break;
    endHold(turn, hold, 'lapsed');
  }
  serveLine(turn);
  return null;
};

export const extendHold: Handler<Command<'ExtendHold'>> = (turn, { holdId, until }) => {
  const hold = turn.state.holds.get(holdId);
  if (!hold) return noHold(holdId);
  if (hold.status === 'confirmed' || hold.status === 'released')
    return rejection(
      hold.status === 'confirmed' ? 'HoldConfirmed' : 'HoldReleased',
      `This hold is ${hold.status}; it is not extended.`,
    );
  if (!isLive(hold, turn.nowMs)) return expired(hold);
  if (hold.until === toMs(until)) return null;
  if (hold.until !== hold.firstUntil) return rejection('InvalidRequest', 'A hold is extended once at most.');
  if (toMs(until) <= hold.until || toMs(until) > hold.firstUntil + EXTENSION_MAX_MS) {
    return rejection(
      'InvalidRequest',
      `A hold is extended to at most ${toIso(hold.firstUntil + EXTENSION_MAX_MS)}.`,
    );
  }
  turn.emit({ type: 'HoldExtended', data: { holdId, until } });
  return null;
};

export const releaseHold: Handler<Command<'ReleaseHold'>> = (turn, { holdId, caller }) => {
  const hold = findHold(turn.state, holdId, caller);
  if (!hold) return noHold(holdId);
  if (hold.status === 'confirmed')
    return rejection('HoldConfirmed', 'This hold is confirmed; cancel its booking instead.', {
      bookingId: hold.bookingId,
    });
  if (hold.status === 'released') return null;
  if (!isLive(hold, turn.nowMs)) return expired(hold);
  endHold(turn, hold, 'given-back');
  serveLine(turn);
  return null;
};

export const confirmHold: Handler<Command<'ConfirmHold'>> = (
  turn,
  { holdId, bookingId, paymentReference, caller },
) => {
  const { state, nowMs } = turn;
  const hold = findHold(state, holdId, caller);
  if (!hold) return noHold(holdId);
  if (state.cancelled) return rejection('ShowCancelled', 'This show is cancelled; nothing can be confirmed.');
  if (hold.status === 'confirmed') {
    if (state.bookings.get(hold.bookingId!)!.status === 'confirmed') return null;
    return rejection('BookingCancelled', 'The booking of this hold was cancelled; hold the seats again.', {
      bookingId: hold.bookingId,
    });
  }
  if (hold.status === 'released')
    return rejection('HoldReleased', 'This hold was released; hold the seats again.');
  if (!isLive(hold, nowMs)) return expired(hold);
  const { clientId, customerId, seats, areas, total, entryId } = hold;
  const data = { bookingId, holdId, clientId, customerId, seats, areas, total, paymentReference };
  turn.emit({ type: 'BookingConfirmed', data: entryId === null ? data : { ...data, entryId } });
  return null;
};

export const cancelBooking: Handler<Command<'CancelBooking'>> = (turn, { bookingId, reason, caller }) => {
  const booking = findBooking(turn.state, bookingId, caller);
  if (!booking) return noBooking(bookingId);
  if (booking.status === 'cancelled') return null;
  const { id: holdId, seats, areas } = booking.hold;
  turn.emit({ type: 'BookingCancelled', data: { bookingId, holdId, seats, areas, reason } });
  serveLine(turn);
  return null;
};
