// The show as an aggregate: the heart of the engine. Everything that must be fair is decided here, one command after
// another, against the state of one stream.
import { accept, reject, type Aggregate, type Decision, type StatedEvent } from '../decider.ts';
import { rejection } from '../rejection.ts';
import { blockAllFree, blockSeats, unblockSeats } from './block-seats.ts';
import type { ShowCommand } from './commands.ts';
import { changeSeating, editShow } from './edit-show.ts';
import type { ShowEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { Plans } from './evolve-show.ts';
import { holdSeats } from './hold-seats.ts';
import { cancelBooking, confirmHold, expireDue, extendHold, releaseHold } from './holds.ts';
import {
  cancelShow,
  pauseSales,
  publishShow,
  resumeSales,
  scheduleShow,
  unlessCancelled,
} from './schedule.ts';
import { opensAt } from './state.ts';
import { canServe } from './serve-line.ts';
import { showSnapshot } from './snapshot.ts';
import { initialState, type ShowState } from './state.ts';
import { Turn, type Handler } from './turn.ts';
import { joinWaitlist, leaveWaitlist, moveEntry, removeEntry } from './waitlist.ts';

export type { ShowState } from './state.ts';
export type ShowAggregate = Aggregate<ShowState, ShowCommand, ShowEvent>;

/** The aggregate; `plans` must hold the plan that an event names before the event is applied. */
export function showAggregate(plans: Plans): ShowAggregate {
  const apply = (state: ShowState, event: StatedEvent): void => evolve(state, event, plans);
  return {
    name: 'show',
    initialState,
    evolve: apply,
    decide(state, command, metadata): Decision<ShowEvent> {
      if (!state.exists && command.kind !== 'ScheduleShow')
        return reject(rejection('ShowNotFound', 'There is no such show.'));
      const turn = new Turn(state, metadata, apply);
      const refusal = (handlers[command.kind] as Handler<ShowCommand>)(turn, command);
      return refusal ? reject(refusal) : accept(turn.events);
    },
    due: (state, nowMs, thorough = false) =>
      !state.cancelled && (state.due.firstDue(nowMs) || canServe(state, nowMs, thorough))
        ? { kind: 'ExpireDue' }
        : null,
    needsPlan: ({ type, data }) =>
      type === 'ShowScheduled' || type === 'CapacityChanged'
        ? ((data as { seatingPlanId?: string }).seatingPlanId ?? null)
        : null,
    snapshot: showSnapshot(plans),
    sizeOf: (state) =>
      2_000 +
      state.seats.ownBytes * 2 +
      state.holds.size * 400 +
      state.entries.size * 300 +
      state.commands.size * 160 +
      state.lapses.size * 120,
  };
}

/** When time will make something due: the next lapse, or the opening of sales that a line waits for. ms; null: nothing. */
export function nextDueMs(state: ShowState, nowMs = state.lastAt): number | null {
  const lapse = state.due.firstDue(Infinity)?.until ?? Infinity;
  const opening = opensAt(state) ?? 0;
  const waiting = [...state.lines.values()].some((line) => line.size > 0);
  const next = Math.min(lapse, waiting && opening > nowMs ? opening : Infinity);
  return next === Infinity ? null : next;
}

type Handlers = { readonly [K in ShowCommand['kind']]: Handler<Extract<ShowCommand, { kind: K }>> };

/** A command without a row is a compile error. */
const handlers: Handlers = {
  ScheduleShow: scheduleShow,
  PublishShow: unlessCancelled(publishShow),
  EditShow: unlessCancelled(editShow),
  ChangeSeating: unlessCancelled(changeSeating),
  PauseSales: unlessCancelled(pauseSales),
  ResumeSales: unlessCancelled(resumeSales),
  CancelShow: cancelShow,
  BlockSeats: unlessCancelled(blockSeats),
  UnblockSeats: unlessCancelled(unblockSeats),
  BlockAllFree: unlessCancelled(blockAllFree),
  HoldSeats: holdSeats,
  ExtendHold: extendHold,
  ReleaseHold: releaseHold,
  ConfirmHold: confirmHold,
  CancelBooking: cancelBooking,
  JoinWaitlist: joinWaitlist,
  LeaveWaitlist: leaveWaitlist,
  MoveEntry: unlessCancelled(moveEntry),
  RemoveEntry: unlessCancelled(removeEntry),
  ExpireDue: expireDue,
};
