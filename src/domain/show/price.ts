// What places cost: the prices of their categories at this moment, in the one currency of the show.
import type { Money } from '../decider.ts';
import type { Places } from './events.ts';
import type { ShowState } from './state.ts';

/** Sum in integer minor units. Every seat and area is known, every category has a price (checked when scheduled). */
export function totalOf(state: ShowState, places: Places): Money {
  const { plan } = state;
  let amount = 0;
  for (const id of places.seats) amount += priceOf(state, plan.seatCategory[plan.seatIndex.get(id)!]!).amount;
  for (const { areaId, quantity } of places.areas)
    amount += quantity * priceOf(state, plan.areaCategory[plan.areaIndex.get(areaId)!]!).amount;
  return { amount, currency: currencyOf(state) };
}

export function priceOf(state: ShowState, category: number): Money {
  return state.prices.get(state.plan.categories[category]!.id) ?? { amount: 0, currency: currencyOf(state) };
}

/** The currency that all prices of a show share; EUR where it has none. */
function currencyOf(state: ShowState): string {
  const [first] = state.prices.values();
  return first?.currency ?? 'EUR';
}
