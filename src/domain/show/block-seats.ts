// Blocking: places that the organiser takes off sale and gives back, all or nothing, always with a reason (rule 10).
import type { Rejection } from '../rejection.ts';
import type { ShowCommand } from './commands.ts';
import type { AreaQuantity, Places } from './events.ts';
import { unavailable, unknownPlaces } from './hold-seats.ts';
import { BLOCKED, BOOKED, FREE, HELD } from './seat-map.ts';
import { serveLine } from './serve-line.ts';
import { freeInArea, type ShowState } from './state.ts';
import type { Handler, Turn } from './turn.ts';

type Command<K extends ShowCommand['kind']> = Extract<ShowCommand, { kind: K }>;

const statusOf = (state: ShowState, seat: string): number =>
  state.seats.status[state.plan.seatIndex.get(seat)!]!;

/** What is blocked already stays so and is no error. */
export const blockSeats: Handler<Command<'BlockSeats'>> = (turn, { seats, areas, reason }) => {
  const { state } = turn;
  const unknown = unknownPlaces(state, { seats, areas });
  if (unknown) return unknown;
  const refusal = taken(state, { seats, areas });
  if (refusal) return refusal;
  emitBlocked(
    turn,
    { seats: seats.filter((s) => statusOf(state, s) === FREE), areas: areas.filter((a) => a.quantity > 0) },
    reason,
  );
  return null;
};

function taken(state: ShowState, places: Places): Rejection | null {
  const seats = places.seats.filter((s) => statusOf(state, s) === HELD || statusOf(state, s) === BOOKED);
  const areas = places.areas.flatMap(({ areaId, quantity }) => {
    const free = freeInArea(state, state.plan.areaIndex.get(areaId)!);
    return free < quantity ? [{ areaId, free }] : [];
  });
  return seats.length + areas.length > 0 ? unavailable(seats, areas, 'blocked') : null;
}

function emitBlocked(turn: Turn, { seats, areas }: Places, reason: string): void {
  if (seats.length + areas.length > 0) turn.emit({ type: 'SeatsBlocked', data: { seats, areas, reason } });
}

export const unblockSeats: Handler<Command<'UnblockSeats'>> = (turn, command) => {
  const { state } = turn;
  const unknown = unknownPlaces(state, command);
  if (unknown) return unknown;
  const seats = command.seats.filter((s) => statusOf(state, s) === BLOCKED);
  const areas = command.areas.flatMap(({ areaId, quantity }): AreaQuantity[] => {
    const blocked = Math.min(quantity, state.areas.blocked[state.plan.areaIndex.get(areaId)!]!);
    return blocked > 0 ? [{ areaId, quantity: blocked }] : [];
  });
  if (seats.length + areas.length === 0) return null;
  turn.emit({ type: 'SeatsUnblocked', data: { seats, areas, reason: command.reason } });
  serveLine(turn);
  return null;
};

export const blockAllFree: Handler<Command<'BlockAllFree'>> = (turn, { reason }) => {
  blockFree(turn, reason);
  return null;
};

/** Blocks whatever is free; nothing where no reason is given. */
export function blockFree(turn: Turn, reason: string | undefined): void {
  if (reason === undefined) return;
  const { state } = turn;
  const seats = state.plan.seatIds.filter((_, i) => state.seats.status[i] === FREE);
  const areas = state.plan.areas
    .map(({ id }, a) => ({ areaId: id, quantity: freeInArea(state, a) }))
    .filter((a) => a.quantity > 0);
  emitBlocked(turn, { seats, areas }, reason);
}
