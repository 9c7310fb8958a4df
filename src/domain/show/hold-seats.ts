// Holding: all of what is asked for or nothing, and a refusal that names every place that could not be had (rules 2, 5, 6).
import { toIso } from '../decider.ts';
import { rejection, type Rejection } from '../rejection.ts';
import { allocate } from './allocation.ts';
import type { BestAvailable, ShowCommand } from './commands.ts';
import { coolingDown } from './cooldown.ts';
import type { AreaQuantity, Places } from './events.ts';
import { totalOf } from './price.ts';
import { FREE } from './seat-map.ts';
import { isKept, notSelling } from './selling.ts';
import { countCategory, freeInArea, sizeOfHold, ticketsOf, type ShowState } from './state.ts';
import type { Handler } from './turn.ts';

type HoldSeats = Extract<ShowCommand, { kind: 'HoldSeats' }>;

export const holdSeats: Handler<HoldSeats> = (turn, command) => {
  const { state, nowMs } = turn;
  const closed =
    notSelling(state, nowMs) ??
    unknownPlaces(state, command) ??
    overLimit(state, command) ??
    coolingDown(state, command.customerId, nowMs);
  if (closed) return closed;
  const places = command.bestAvailable
    ? choose(state, command.bestAvailable)
    : (lost(state, command) ?? command);
  if ('code' in places) return places;
  const { holdId, clientId, customerId } = command;
  const until = toIso(nowMs + state.rules.holdTtlMs);
  const { seats, areas } = places;
  turn.emit({
    type: 'SeatsHeld',
    data: { holdId, clientId, customerId, seats, areas, total: totalOf(state, places), until },
  });
  return null;
};

/** Seats, areas or a category that this show does not have. */
export function unknownPlaces(
  state: ShowState,
  places: Places & { bestAvailable?: BestAvailable },
): Rejection | null {
  const { plan } = state;
  const seats = places.seats.filter((id) => !plan.seatIndex.has(id));
  if (seats.length > 0)
    return rejection(
      'UnknownSeat',
      `This show has no seat ${seats.join(', ')}; seat ids are those of its seating plan.`,
      { seats },
    );
  const areas = places.areas.map(({ areaId }) => areaId).filter((id) => !plan.areaIndex.has(id));
  if (areas.length > 0) return unknownAreas(areas);
  const category = places.bestAvailable?.categoryId;
  if (category !== undefined && !plan.categoryIndex.has(category)) return unknownCategory(state, category);
  return null;
}

export function unknownAreas(areas: readonly string[]): Rejection {
  const detail = `This show has no area ${areas.join(', ')}; area ids are those of its seating plan.`;
  return rejection('UnknownArea', detail, { areas });
}

export function unknownCategory(state: ShowState, categoryId: string): Rejection {
  const known = state.plan.categories.map((c) => c.id).join(', ');
  return rejection('UnknownCategory', `This show has no category ${categoryId}; it has ${known}.`, {
    categories: [categoryId],
  });
}

function overLimit(state: ShowState, command: HoldSeats): Rejection | null {
  const wanted = command.bestAvailable?.quantity ?? sizeOfHold(command);
  return aboveLimit(state, command.customerId, wanted, ticketsOf(state, command.customerId));
}

/** `held`: what counts already. */
export function aboveLimit(
  state: ShowState,
  customerId: string,
  wanted: number,
  counted: number,
): Rejection | null {
  const limit = state.rules.ticketsPerCustomer;
  if (wanted + counted <= limit) return null;
  const held = ticketsOf(state, customerId);
  return rejection(
    'TicketLimitExceeded',
    `A customer may have ${limit} tickets of this show; this one has ${held} and asks for ${wanted} more.`,
    { limit, held },
  );
}

/** What of the named places cannot be had: taken by others, or kept for the line. */
function lost(state: ShowState, places: Places): Rejection | null {
  const kept = new Map<number, boolean>();
  const isKeptNow = (category: number): boolean => {
    let known = kept.get(category);
    if (known === undefined) kept.set(category, (known = isKept(state, category)));
    return known;
  };
  const seats: string[] = [];
  const areas: { areaId: string; free: number }[] = [];
  let taken = false;
  for (const id of places.seats) {
    const seat = state.plan.seatIndex.get(id)!;
    const free = state.seats.status[seat] === FREE;
    if (!free) taken = true;
    if (!free || isKeptNow(state.plan.seatCategory[seat]!)) seats.push(id);
  }
  for (const { areaId, quantity } of places.areas) {
    const area = state.plan.areaIndex.get(areaId)!;
    const free = freeInArea(state, area);
    const reserved = isKeptNow(state.plan.areaCategory[area]!);
    if (free < quantity) taken = true;
    if (free < quantity || reserved) areas.push({ areaId, free: reserved ? 0 : free });
  }
  if (seats.length + areas.length === 0) return null;
  return taken ? unavailable(seats, areas) : reserved(seats, areas);
}

function choose(state: ShowState, best: BestAvailable): Places | Rejection {
  const category = state.plan.categoryIndex.get(best.categoryId)!;
  const { free } = countCategory(state, category);
  if (free > 0 && isKept(state, category)) return reserved([], []);
  const places = allocate(state, category, best.quantity, best.together);
  if (places) return places;
  const how =
    best.together && free >= best.quantity
      ? 'No block of that size is left; ask with "together": false, or for fewer.'
      : 'Ask for fewer, or join the waitlist.';
  return rejection('SeatsUnavailable', `Free in ${best.categoryId}: ${free}. ${how}`, {
    seats: [],
    areas: [],
    free,
  });
}

export function unavailable(
  seats: readonly string[],
  areas: readonly (AreaQuantity | { areaId: string; free: number })[],
  undone = 'held',
): Rejection {
  const what = [...seats, ...areas.map((a) => a.areaId)].join(', ');
  return rejection('SeatsUnavailable', `Not to be had: ${what}. Nothing was ${undone}; choose others.`, {
    seats,
    areas,
  });
}

function reserved(seats: readonly string[], areas: readonly { areaId: string; free: number }[]): Rejection {
  return rejection(
    'ReservedForWaitlist',
    'What is free there is kept for those who wait; join the waitlist.',
    { seats, areas },
  );
}
