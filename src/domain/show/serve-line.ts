// The line is served in the decision in which something came free (rule 7): offers in joining order, each a hold of its own.
import { toIso } from '../decider.ts';
import { allocate } from './allocation.ts';
import { totalOf } from './price.ts';
import { isPassedOver, offerSize, showStatus } from './selling.ts';
import { countCategory, type Entry } from './state.ts';
import type { Turn } from './turn.ts';

/** Offers what is free to those who wait, category by category; nothing while sales are not on. */
export function serveLine(turn: Turn): void {
  const { state } = turn;
  if (state.lines.size === 0 || showStatus(state, turn.nowMs) !== 'onSale') return;
  state.plan.categories.forEach(({ id }, category) => {
    if (state.lines.get(id)?.size) serveCategory(turn, category, id);
  });
}

function serveCategory(turn: Turn, category: number, categoryId: string): void {
  const { state } = turn;
  const passed: string[] = [];
  const { free: freeAtFirst, capacity } = countCategory(state, category);
  let free = freeAtFirst;
  for (const entryId of state.lines.get(categoryId)!.inOrder()) {
    if (free <= 0) return;
    const entry = state.entries.get(entryId)!;
    const size = offerSize(entry, free);
    if (isPassedOver(state, entry, free, capacity)) {
      passed.push(entryId);
    } else if (size > 0) {
      makeOffer(turn, category, entry, size, passed);
      free -= size;
    } else if (state.rules.waitlistPolicy === 'strict') {
      return; // it keeps its place, and what is free is kept for it
    } else {
      passed.push(entryId);
    }
  }
}

function makeOffer(
  turn: Turn,
  category: number,
  entry: Entry,
  size: number,
  passed: readonly string[],
): void {
  const { state, nowMs } = turn;
  const places = allocate(state, category, size, true) ?? allocate(state, category, size, false)!;
  turn.emit({
    type: 'SeatsOffered',
    data: {
      entryId: entry.id,
      holdId: entry.offerHoldId,
      clientId: entry.clientId,
      customerId: entry.customerId,
      categoryId: entry.categoryId,
      ...places,
      total: totalOf(state, places),
      until: toIso(nowMs + state.rules.offerTtlMs),
      passed: [...passed],
    },
  });
}
