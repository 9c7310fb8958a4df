// Standing in line: joining, leaving, declining, and what an organiser may do to an entry, always with a reason (rule 7).
import { rejection, type Rejection } from '../rejection.ts';
import type { Caller, ShowCommand } from './commands.ts';
import { coolingDown } from './cooldown.ts';
import { aboveLimit, unknownCategory } from './hold-seats.ts';
import { endHold } from './holds.ts';
import { isKept, notSelling } from './selling.ts';
import { serveLine } from './serve-line.ts';
import { countCategory, openKey, type Entry, type ShowState } from './state.ts';
import type { Handler, Turn } from './turn.ts';

type Command<K extends ShowCommand['kind']> = Extract<ShowCommand, { kind: K }>;

export const joinWaitlist: Handler<Command<'JoinWaitlist'>> = (turn, command) => {
  const { state, nowMs } = turn;
  const { kind: _kind, ...entry } = command;
  const category = state.plan.categoryIndex.get(entry.categoryId);
  const refusal =
    notSelling(state, nowMs) ??
    (category === undefined ? unknownCategory(state, entry.categoryId) : null) ??
    aboveLimit(state, entry.customerId, entry.quantity, 0) ??
    coolingDown(state, entry.customerId, nowMs);
  if (refusal || category === undefined) return refusal;
  const open = state.openEntries.get(openKey(entry.customerId, entry.categoryId));
  if (open !== undefined)
    return rejection('AlreadyWaiting', 'This customer stands in this line already.', { entryId: open });
  const { free, capacity } = countCategory(state, category);
  if (free >= entry.quantity && !isKept(state, category)) {
    return rejection('SeatsAvailable', `Free in ${entry.categoryId}: ${free}. Hold them.`, { free });
  }
  if (entry.quantity > capacity && !entry.acceptFewer) {
    return rejection(
      'SeatsUnavailable',
      `${entry.categoryId} has ${capacity} in all: ask for fewer, or set "acceptFewer".`,
      { seats: [], areas: [], free },
    );
  }
  turn.emit({ type: 'WaitlistJoined', data: { ...entry, place: state.revision + 1 } });
  serveLine(turn);
  return null;
};

function findEntry(state: ShowState, entryId: string, caller: Caller): Entry | null {
  const entry = state.entries.get(entryId);
  return entry && (caller.all || caller.clientId === entry.clientId) ? entry : null;
}

export const noEntry = (id: string): Rejection =>
  rejection('EntryNotFound', `There is no waitlist entry ${id} of yours in this show.`);

export const leaveWaitlist: Handler<Command<'LeaveWaitlist'>> = (turn, { entryId, caller }) => {
  const entry = findEntry(turn.state, entryId, caller);
  if (!entry) return noEntry(entryId);
  if (entry.status === 'offered') decline(turn, entry);
  else if (entry.status === 'waiting') turn.emit({ type: 'WaitlistLeft', data: { entryId, reason: null } });
  serveLine(turn);
  return null;
};

function decline(turn: Turn, entry: Entry): void {
  endHold(turn, turn.state.holds.get(entry.offerHoldId)!, 'given-back');
}

export const removeEntry: Handler<Command<'RemoveEntry'>> = (turn, { entryId, reason }) => {
  const entry = turn.state.entries.get(entryId);
  if (!entry) return noEntry(entryId);
  if (entry.status !== 'waiting' && entry.status !== 'offered') return null;
  if (entry.status === 'offered') decline(turn, entry);
  turn.emit({ type: 'WaitlistLeft', data: { entryId, reason } });
  serveLine(turn);
  return null;
};

export const moveEntry: Handler<Command<'MoveEntry'>> = (turn, { entryId, ahead, reason }) => {
  const { state } = turn;
  const entry = state.entries.get(entryId);
  if (!entry) return noEntry(entryId);
  if (entry.status !== 'waiting') {
    return cannotMove('notWaiting', `Only an entry that waits can be moved; this one is ${entry.status}.`);
  }
  const line = state.lines.get(entry.categoryId)!;
  const target = Math.min(ahead, line.size - 1);
  if (line.ahead(entryId) === target) return null;
  const place = line.placeBehind(target, entryId, state.revision + 1);
  if (Number.isNaN(place)) {
    const message = 'Too many entries were moved to this very spot; move this one one place further.';
    return cannotMove('noRoom', message);
  }
  turn.emit({ type: 'WaitlistMoved', data: { entryId, ahead: target, place, reason } });
  serveLine(turn);
  return null;
};

const cannotMove = (code: string, message: string): Rejection =>
  rejection('InvalidRequest', message, { errors: [{ pointer: '/ahead', code, message }] });
