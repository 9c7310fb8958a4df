// Many seeds, one after another: what broke, with which seed, and what was reached on the way.
import { Violation } from './referee/violation.ts';
import type { Run } from './world.ts';
import type { World } from './worlds.ts';

/** One seed in so many runs twice. */
const TWICE_ONE_IN = 100;

export interface Campaign {
  readonly world: World;
  readonly from: number;
  readonly seeds: number;
  /** Wishes of each seed; a wish becomes one command or, with retries and what follows from it, several. */
  readonly wishes: number;
  /** Ends at the first seed that breaks something. */
  readonly untilFailure: boolean;
  readonly onRun?: (run: Run) => void;
}

export interface CampaignResult {
  readonly seeds: number;
  readonly commands: number;
  readonly steps: number;
  /** Seeds whose second run gave the same digest. */
  readonly repeated: number;
  readonly failures: readonly { readonly seed: number; readonly violation: Violation }[];
  readonly counts: ReadonlyMap<string, number>;
}

export async function campaign({
  world,
  from,
  seeds,
  wishes,
  untilFailure,
  onRun,
}: Campaign): Promise<CampaignResult> {
  const counts = new Map<string, number>();
  const failures: { seed: number; violation: Violation }[] = [];
  let [done, steps, repeated, decided] = [0, 0, 0, 0];
  for (let seed = from; seed < from + seeds; seed += 1) {
    const script = world.scriptOf(seed, wishes);
    const one = await world.run(script);
    done += 1;
    steps += one.steps;
    decided += one.commands;
    for (const [what, times] of one.counts) counts.set(what, (counts.get(what) ?? 0) + times);
    let { violation } = one;
    if (seed % TWICE_ONE_IN === 0 && !violation) {
      const again = await world.run(script);
      if (again.digest === one.digest) repeated += 1;
      else violation = new Violation(12, `the trace was ${one.digest}, and ${again.digest} the second time`);
    }
    if (violation) failures.push({ seed, violation });
    onRun?.(one);
    if (violation && untilFailure) break;
  }
  return { seeds: done, commands: decided, steps, repeated, failures, counts };
}
