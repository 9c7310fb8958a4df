// The long poll of a waitlist entry: when to look at it again, because an event or the clock has changed it.
import type { ShowState } from '../domain/show/show.ts';
import { entryChangedAt } from '../domain/show/views.ts';
import type { SteadyClock } from '../ports/clock.ts';
import type { LiveShow } from './live-show.ts';

/**
 * Waits until the entry's status, `ahead` or offer differ from what they were at revision `after`; true means "look now"
 * (also when there is no such entry), false that the time is over. An offer that lapses during the wait counts.
 */
export async function entryChange(
  show: LiveShow,
  clock: SteadyClock,
  entryId: string,
  after: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const { waiters } = show;
  const endMs = clock.steady() + timeoutMs;
  const reached = await waiters.until(() => show.gone || show.revision >= after, timeoutMs, signal);
  if (!reached) return false;
  const changed = () =>
    show.gone || !show.state.entries.has(entryId) || entryChangedAt(show.state, entryId, clock.now()) > after;
  for (;;) {
    const nowMs = clock.now();
    const leftMs = endMs - clock.steady();
    const lapseInMs = offerUntil(show.state, entryId, nowMs) - nowMs;
    if (await waiters.until(changed, Math.min(leftMs, lapseInMs), signal)) return true;
    // Timers fire up to a millisecond before their time: a lapse that has not come yet is waited for again.
    if (leftMs <= lapseInMs || signal?.aborted || waiters.closed) return false;
  }
}

/** When a live offer of the entry lapses, ms; never, if it has none. */
function offerUntil(state: Readonly<ShowState>, entryId: string, nowMs: number): number {
  const entry = state.entries.get(entryId);
  const hold = entry?.status === 'offered' ? state.holds.get(entry.offerHoldId) : undefined;
  return hold && hold.until > nowMs ? hold.until : Infinity;
}
