// Denial of inventory: who lets one hold after another lapse keeps places from those who would buy them. A show may ask
// for a pause after that (`cooldownMs`). The limit of tickets bounds how much one customer keeps; this, for how long.
import { toIso } from '../decider.ts';
import { rejection, type Rejection } from '../rejection.ts';
import type { Hold, Lapses, ShowState } from './state.ts';

/** Holds and offers that lapse with no booking between them, until a customer has to pause. */
const LAPSES_IN_A_ROW = 3;

/** CoolingDown, with the time from which on the customer may hold and join again; null: at once. */
export function coolingDown(
  { rules, lapses }: ShowState,
  customerId: string,
  nowMs: number,
): Rejection | null {
  const { count, lastMs } = lapses.get(customerId) ?? NONE;
  const untilMs = lastMs + rules.cooldownMs;
  if (count < LAPSES_IN_A_ROW || nowMs >= untilMs) return null;
  const until = toIso(untilMs);
  return rejection(
    'CoolingDown',
    `This customer let ${count} holds in a row lapse; hold again from ${until} on.`,
    {
      until,
    },
  );
}

const NONE: Lapses = { count: 0, lastMs: 0 };

/** Nothing is counted while the show has no cool-down. */
export function countLapse({ rules, lapses }: ShowState, { customerId, until }: Hold): void {
  if (rules.cooldownMs === 0) return;
  const { count, lastMs } = lapses.get(customerId) ?? NONE;
  const hasPaused = count >= LAPSES_IN_A_ROW && until >= lastMs + rules.cooldownMs;
  lapses.set(customerId, { count: hasPaused ? 1 : count + 1, lastMs: Math.max(lastMs, until) });
}

/** Who buys is no hoarder. */
export const forgiveLapses = ({ lapses }: ShowState, customerId: string): void =>
  void lapses.delete(customerId);
