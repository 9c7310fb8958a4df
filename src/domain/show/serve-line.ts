// The line is served in the decision in which something came free (rule 7): offers in joining order, each a hold of its own.
import { toIso } from '../decider.ts';
import { allocate } from './allocation.ts';
import { totalOf } from './price.ts';
import { isPassedOver, offerSize, showStatus } from './selling.ts';
import { countCategory, type Entry, type ShowState } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * Offers of one decision, and entries that they name as passed: more are the next decision's, so that none grows too large.
 * The first offer is made however many it passes: who can be served must not starve behind those who cannot.
 */
const OFFERS_MAX = 1_000;
const PASSED_MAX = 20_000;
/** Entries looked at before each command to see whether there is anything to serve; all of them when the show is quiet. */
const LOOKED_AT_MAX = 1_000;

/** Offers what is free to those who wait, category by category; nothing while sales are not on. */
export function serveLine(turn: Turn): void {
  const { state } = turn;
  const budget = { offers: OFFERS_MAX, passed: PASSED_MAX };
  if (state.lines.size === 0 || showStatus(state, turn.nowMs) !== 'onSale') return;
  state.plan.categories.forEach(({ id }, category) => {
    if (state.lines.get(id)?.size) serveCategory(turn, category, id, budget);
  });
}

/** Whether somebody could be offered something now: sales have opened by the clock, or the last decision left some over. */
export function canServe(state: ShowState, nowMs: number, thorough: boolean): boolean {
  if (state.lines.size === 0 || showStatus(state, nowMs) !== 'onSale') return false;
  const lookedAtMax = thorough ? Infinity : LOOKED_AT_MAX;
  return state.plan.categories.some(({ id }, category) => hasServable(state, category, id, lookedAtMax));
}

function hasServable(state: ShowState, category: number, categoryId: string, lookedAtMax: number): boolean {
  const line = state.lines.get(categoryId);
  if (!line || line.size === 0) return false;
  const { free, capacity } = countCategory(state, category);
  if (free <= 0) return false;
  let looked = 0;
  for (const entryId of line.inOrder()) {
    looked += 1;
    if (looked > lookedAtMax) return false;
    const entry = state.entries.get(entryId)!;
    if (isPassedOver(state, entry, free, capacity)) continue;
    if (offerSize(entry, free) > 0) return true;
    if (state.rules.waitlistPolicy === 'strict') return false;
  }
  return false;
}

function serveCategory(
  turn: Turn,
  category: number,
  categoryId: string,
  budget: { offers: number; passed: number },
): void {
  const { state } = turn;
  const passed: string[] = [];
  const { free: freeAtFirst, capacity } = countCategory(state, category);
  let free = freeAtFirst;
  for (const entryId of state.lines.get(categoryId)!.inOrder()) {
    if (free <= 0 || budget.offers <= 0) return;
    if (budget.offers < OFFERS_MAX && passed.length > budget.passed) return;
    const entry = state.entries.get(entryId)!;
    const size = offerSize(entry, free);
    if (isPassedOver(state, entry, free, capacity)) {
      passed.push(entryId);
    } else if (size > 0) {
      makeOffer(turn, category, entry, size, passed);
      free -= size;
      budget.offers -= 1;
      budget.passed -= passed.length;
      // Who accepts fewer is offered less now that less is free, and that may keep within its limit: it stands in front.
      const left = free;
      if (passed.some((id) => isServable(state, state.entries.get(id)!, left, capacity)))
        return serveCategory(turn, category, categoryId, budget);
    } else if (state.rules.waitlistPolicy === 'strict') {
      return; // it keeps its place, and what is free is kept for it
    } else {
      passed.push(entryId);
    }
  }
}

const isServable = (state: ShowState, entry: Entry, free: number, capacity: number): boolean =>
  !isPassedOver(state, entry, free, capacity) && offerSize(entry, free) > 0;

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
