// A hall as small as can be: seats that one takes, frees, or loses with time. Just enough of an aggregate to drive the
// pipeline, with every optional part of the seam.
import type { Aggregate, AggregateState, Decision, StatedEvent } from '../../../src/domain/decider.ts';
import { accept, reject, toMs } from '../../../src/domain/decider.ts';
import type { DomainEvent } from '../../../src/domain/event.ts';
import { rejection } from '../../../src/domain/rejection.ts';

type SeatTaken = DomainEvent<'SeatTaken', { seat: string; by: string; untilMs: number | null }>;
type SeatFreed = DomainEvent<'SeatFreed', { seat: string }>;
type SeatLapsed = DomainEvent<'SeatLapsed', { seat: string }>;
export type SeatEvent = SeatTaken | SeatFreed | SeatLapsed;

export type SeatCommand =
  | { kind: 'Take'; seats: string[]; by: string; untilMs?: number }
  | { kind: 'Free'; seat: string }
  /** A bug: changes the state, then throws. */
  | { kind: 'Break' }
  | { kind: 'ExpireDue' };

export interface SeatState extends AggregateState {
  readonly taken: Map<string, { by: string; untilMs: number | null }>;
}
export type SeatAggregate = Aggregate<SeatState, SeatCommand, SeatEvent>;

export function evolveSeats(state: SeatState, event: StatedEvent): void {
  const { type, data } = event as SeatEvent;
  if (type === 'SeatTaken') state.taken.set(data.seat, { by: data.by, untilMs: data.untilMs });
  else state.taken.delete(data.seat);
  state.revision += 1;
  state.lastAt = toMs(event.metadata.at);
  state.commands.set(event.metadata.commandId, event.metadata.requestHash);
}

/** Of one command, as a show's lapses have a bound too. */
const LAPSES_MAX = 2;

const lapsed = (state: SeatState, nowMs: number): string[] =>
  [...state.taken].filter(([, { untilMs }]) => untilMs !== null && untilMs <= nowMs).map(([seat]) => seat);

function eventsOf(state: SeatState, command: SeatCommand, nowMs: number): SeatEvent[] | { clash: string[] } {
  switch (command.kind) {
    case 'Take': {
      const clash = command.seats.filter((seat) => state.taken.has(seat));
      if (clash.length > 0) return { clash };
      const { by, untilMs = null } = command;
      return command.seats.map((seat) => ({ type: 'SeatTaken', data: { seat, by, untilMs } }));
    }
    case 'Free':
      return state.taken.has(command.seat) ? [{ type: 'SeatFreed', data: { seat: command.seat } }] : [];
    case 'ExpireDue':
      return lapsed(state, nowMs)
        .slice(0, LAPSES_MAX)
        .map((seat) => ({ type: 'SeatLapsed', data: { seat } }));
    case 'Break':
      state.taken.set('rubbish', { by: 'a bug', untilMs: null });
      throw new TypeError('a bug in a decision');
    default:
      return command satisfies never;
  }
}

export const emptyHall = (): SeatState => ({
  revision: -1,
  lastAt: 0,
  commands: new Map(),
  taken: new Map(),
});

export const seatAggregate: SeatAggregate = {
  name: 'show',
  initialState: emptyHall,
  evolve: evolveSeats,
  decide(state, command, metadata): Decision<SeatEvent> {
    const events = eventsOf(state, command, toMs(metadata.at));
    if ('clash' in events) {
      return reject(rejection('SeatsUnavailable', 'Choose other seats.', { seats: events.clash }));
    }
    for (const event of events) evolveSeats(state, { ...event, metadata });
    return accept(events);
  },
  due: (state, nowMs) => (lapsed(state, nowMs).length > 0 ? { kind: 'ExpireDue' } : null),
  snapshot: {
    version: 1,
    save: (state) => ({ ...state, commands: [...state.commands], taken: [...state.taken] }),
    load: (saved) => {
      const { commands, taken, ...rest } = saved as SeatState;
      return { ...rest, commands: new Map(commands), taken: new Map(taken) };
    },
    planIds: () => [],
  },
  sizeOf: (state) => 100 + state.taken.size * 10,
};

/** Who has which seat: what most tests look at. */
export const seatsOf = (state: SeatState): Record<string, string> =>
  Object.fromEntries([...state.taken].map(([seat, { by }]) => [seat, by]));
