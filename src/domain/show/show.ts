// The show as an aggregate: the heart of the engine. Everything that must be fair is decided here, one command after
// another, against the state of one stream.
import { accept, reject, type Aggregate, type Decision, type StatedEvent } from '../decider.ts';
import { rejection, type Rejection } from '../rejection.ts';
import { blockAllFree, blockSeats, unblockSeats } from './block-seats.ts';
import type { ShowCommand } from './commands.ts';
import { changeSeating, editShow } from './edit-show.ts';
import type { ShowEvent } from './events.ts';
import { evolve, type Plans } from './evolve.ts';
import { holdSeats } from './hold-seats.ts';
import { cancelBooking, confirmHold, expireDue, extendHold, releaseHold } from './holds.ts';
import { cancelShow, pauseSales, publishShow, resumeSales, scheduleShow, unlessCancelled } from './schedule.ts';
import { showSnapshot } from './snapshot.ts';
import { initialState, type ShowState } from './state.ts';
import { Turn } from './turn.ts';
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
      if (!state.exists && command.kind !== 'ScheduleShow') return reject(rejection('ShowNotFound', 'There is no such show.'));
      const turn = new Turn(state, metadata, apply);
      const refusal = handle(turn, command);
      return refusal ? reject(refusal) : accept(turn.events);
    },
    due: (state, nowMs) => (!state.cancelled && state.due.firstDue(nowMs) ? { kind: 'ExpireDue' } : null),
    needsPlan: ({ type, data }) => (type === 'ShowScheduled' || type === 'CapacityChanged' ? ((data as { seatingPlanId?: string }).seatingPlanId ?? null) : null),
    snapshot: showSnapshot(plans),
    sizeOf: (state) => 2_000 + state.plan.seatCount * 2 + state.holds.size * 400 + state.entries.size * 300 + state.commands.size * 160,
  };
}

function handle(turn: Turn, command: ShowCommand): Rejection | null {
  switch (command.kind) {
    case 'HoldSeats':
      return holdSeats(turn, command);
    case 'ConfirmHold':
      return confirmHold(turn, command);
    case 'ReleaseHold':
      return releaseHold(turn, command);
    case 'ExtendHold':
      return extendHold(turn, command);
    case 'CancelBooking':
      return cancelBooking(turn, command);
    case 'ExpireDue':
      return expireDue(turn, command);
    case 'JoinWaitlist':
      return joinWaitlist(turn, command);
    case 'LeaveWaitlist':
      return leaveWaitlist(turn, command);
    case 'MoveEntry':
      return unlessCancelled(moveEntry)(turn, command);
    case 'RemoveEntry':
      return unlessCancelled(removeEntry)(turn, command);
    case 'BlockSeats':
      return unlessCancelled(blockSeats)(turn, command);
    case 'UnblockSeats':
      return unlessCancelled(unblockSeats)(turn, command);
    case 'BlockAllFree':
      return unlessCancelled(blockAllFree)(turn, command);
    case 'ScheduleShow':
      return scheduleShow(turn, command);
    case 'PublishShow':
      return unlessCancelled(publishShow)(turn, command);
    case 'EditShow':
      return unlessCancelled(editShow)(turn, command);
    case 'ChangeSeating':
      return unlessCancelled(changeSeating)(turn, command);
    case 'PauseSales':
      return unlessCancelled(pauseSales)(turn, command);
    case 'ResumeSales':
      return unlessCancelled(resumeSales)(turn, command);
    case 'CancelShow':
      return cancelShow(turn, command);
    default:
      return command satisfies never;
  }
}
