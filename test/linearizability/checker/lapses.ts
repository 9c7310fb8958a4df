// Holds end by themselves: not before their time is up, and at some time after it or never. Each that nobody is known to
// have ended may lapse, as an operation that stays open.
import type { History, Wish } from '../history.ts';
import type { Effect } from './effects.ts';

/** Clocks of one machine, read by two processes. */
const SLACK_MS = 20;

/** When a hold made by a call at `calledAt` may lapse at the earliest; on the recording's clock, ms. */
export function mayLapseFrom(history: History, calledAt: number, until: string | undefined): number {
  if (!history.clockIsTrue || until === undefined) return calledAt;
  return Math.max(calledAt, Date.parse(until) - history.beganAt - SLACK_MS);
}

/** Ids of the holds that surely did not lapse: somebody was told that another end came first. */
export function endedOtherwise(effects: readonly Effect[]): Set<string> {
  const ENDS: readonly Wish['does'][] = ['confirm', 'release'];
  const told = effects.flatMap(({ attempt: { asked }, done }) =>
    done !== null && ENDS.includes(asked.does) && 'held' in asked ? [asked.held.holdId] : [],
  );
  return new Set(told);
}
