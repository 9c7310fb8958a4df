// When a show sells, and what of it: the windows of rule 10, and what is kept for the line (rule 7).
import { toIso } from '../decider.ts';
import { rejection, type Rejection } from '../rejection.ts';
import {
  closesAt,
  countCategory,
  opensAt,
  ticketsOf,
  type Entry,
  type Scheduled,
  type ShowState,
} from './state.ts';

export type ShowStatus = 'draft' | 'scheduled' | 'onSale' | 'paused' | 'closed' | 'cancelled';

/** What a show's status rests on. */
export type Selling = Pick<ShowState, 'published' | 'paused' | 'cancelled'> & Scheduled;

/** Judged by the clock given: a show opens and closes without an event. */
export function showStatus(state: Selling, nowMs: number): ShowStatus {
  if (state.cancelled) return 'cancelled';
  if (!state.published) return 'draft';
  if (nowMs >= closesAt(state)) return 'closed';
  if (state.paused) return 'paused';
  return nowMs < (opensAt(state) ?? Infinity) ? 'scheduled' : 'onSale';
}

/** When the status will change by itself next, ms; null: not without an event. */
export function nextStatusChangeMs(state: ShowState, nowMs: number): number | null {
  if (state.cancelled || !state.published) return null;
  const next = [opensAt(state), closesAt(state)].filter((t): t is number => t !== null && t > nowMs);
  return next.length > 0 ? Math.min(...next) : null;
}

/** Why nobody may hold or join now; null: sales are on. */
export function notSelling(state: ShowState, nowMs: number): Rejection | null {
  switch (showStatus(state, nowMs)) {
    case 'onSale':
      return null;
    case 'cancelled':
      return rejection('ShowCancelled', 'This show is cancelled; choose another one.');
    case 'closed':
      return rejection('SalesClosed', `Sales closed at ${toIso(closesAt(state))}.`);
    case 'paused':
      return rejection('SalesPaused', 'Sales are paused by the organiser; try again later.');
    default: {
      const at = state.published ? opensAt(state) : state.schedule.salesOpenAt;
      const when = at === null ? 'when the event is published' : `at ${toIso(at)}`;
      return rejection('SalesNotOpen', `Sales open ${when}.`, { opensAt: at === null ? null : toIso(at) });
    }
  }
}

/** How many of the free places an entry would be offered; 0: not enough for it. */
export function offerSize(entry: Entry, free: number): number {
  if (entry.quantity <= free) return entry.quantity;
  return entry.acceptFewer ? free : 0;
}

/** Passed over, keeping nothing back: an offer would break the customer's limit, or could never be made. */
export function isPassedOver(state: ShowState, entry: Entry, free: number, capacity: number): boolean {
  if (entry.quantity > capacity && !entry.acceptFewer) return true;
  const size = offerSize(entry, free) || (entry.acceptFewer ? 1 : entry.quantity);
  return ticketsOf(state, entry.customerId) + size > state.rules.ticketsPerCustomer;
}

/** Whether what is free in a category is kept for somebody who waits. */
export function isKept(state: ShowState, category: number): boolean {
  const line = state.lines.get(state.plan.categories[category]!.id);
  if (!line || line.size === 0) return false;
  const { free, capacity } = countCategory(state, category);
  for (const id of line.inOrder())
    if (!isPassedOver(state, state.entries.get(id)!, free, capacity)) return true;
  return false;
}
