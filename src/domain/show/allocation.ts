// Best available (rule 6): which seats and places a party gets, chosen inside the decision.
import { FREE } from './seat-map.ts';
import type { AreaQuantity, Places } from './events.ts';
import { freeInArea, type ShowState } from './state.ts';

/**
 * The best `quantity` free seats or places of a category, or null. Together: one block in a row, else one area. Not
 * necessarily together: a block, else seats split over neighbouring rows, else one area, else seats filled up with places.
 * What is kept for the line is not looked at here.
 */
export function allocate(
  state: ShowState,
  category: number,
  quantity: number,
  together: boolean,
): Places | null {
  const block = bestBlock(state, category, quantity);
  if (block) return { seats: block, areas: [] };
  const freeSeats = state.seats.count(category, FREE);
  if (!together && freeSeats >= quantity)
    return { seats: named(state, state.seats.blocks.split(category, quantity)), areas: [] };
  const area = areasOf(state, category).find((a) => freeInArea(state, a) >= quantity);
  if (area !== undefined) return { seats: [], areas: [{ areaId: state.plan.areas[area]!.id, quantity }] };
  return together ? null : fill(state, category, quantity, freeSeats);
}

function bestBlock(state: ShowState, category: number, quantity: number): string[] | null {
  if (state.seats.count(category, FREE) < quantity) return null;
  const first = state.seats.blocks.best(category, quantity);
  return first < 0
    ? null
    : named(
        state,
        Array.from({ length: quantity }, (_, i) => first + i),
      );
}

/** Every free seat, then places area by area. */
function fill(state: ShowState, category: number, quantity: number, freeSeats: number): Places | null {
  const seats = freeSeats > 0 ? named(state, state.seats.blocks.split(category, freeSeats)) : [];
  const areas: AreaQuantity[] = [];
  let missing = quantity - freeSeats;
  for (const a of areasOf(state, category)) {
    const take = Math.min(missing, freeInArea(state, a));
    if (take > 0) areas.push({ areaId: state.plan.areas[a]!.id, quantity: take });
    missing -= take;
  }
  return missing > 0 ? null : { seats, areas };
}

function areasOf(state: ShowState, category: number): number[] {
  return state.plan.areas.map((_, a) => a).filter((a) => state.plan.areaCategory[a] === category);
}

const named = (state: ShowState, seats: readonly number[]): string[] =>
  seats.map((seat) => state.plan.seatIds[seat]!);
