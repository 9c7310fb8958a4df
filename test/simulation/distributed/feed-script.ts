// What is going to happen in a run of the distributed world, as data drawn from the seed.
import { Chance } from '../kernel/chance.ts';
import { FEED_MISHAPS, FEED_RATES } from '../kernel/faults.ts';
import { mishapsOf, ratesOf, type Mishap, type Script } from '../people/script.ts';
import type { StreamKind } from './views.ts';

/** Events that are appended together to one stream. */
export interface Entry {
  readonly atMs: number;
  readonly kind: StreamKind;
  readonly stream: number;
  readonly events: number;
  readonly n: number;
}

export interface FeedScript extends Pick<Script, 'seed' | 'processes' | 'shows' | 'rates' | 'lengthMs'> {
  readonly partitions: number;
  readonly mishaps: readonly Mishap[];
  /** What is written to the log. */
  readonly wishes: readonly Entry[];
}

const CALM_ONE_IN = 12;
/** Virtual time for each entry: a lease must be able to run out in a run. */
const MS_EACH = 200;

export function feedScriptOf(seed: number, wishes: number): FeedScript {
  const chance = new Chance(seed, 'distributed');
  const lengthMs = wishes * MS_EACH;
  const calm = chance.below(CALM_ONE_IN) === 0;
  const processes = chance.between(2, 4);
  const shows = chance.between(3, 8);
  return {
    seed,
    processes,
    shows,
    lengthMs,
    partitions: chance.between(1, 4),
    rates: calm ? {} : ratesOf(FEED_RATES, chance.split('rates')),
    mishaps: calm ? [] : mishapsOf(FEED_MISHAPS, chance.split('mishaps'), processes, lengthMs),
    wishes: entriesOf(chance.split('entries'), wishes, lengthMs),
  };
}

function entriesOf(chance: Chance, count: number, lengthMs: number): Entry[] {
  const rushEveryMs = chance.pick([0, 500, 2_000]);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i += 1) {
    const at = chance.next() * lengthMs;
    entries.push({
      atMs: rushEveryMs > 0 ? Math.floor(at / rushEveryMs) * rushEveryMs + chance.next() * 5 : at,
      kind: chance.happens(0.8) ? 'show' : chance.happens(0.8) ? 'event' : 'venue',
      stream: chance.below(1_000),
      events: chance.happens(0.1) ? chance.between(5, 20) : chance.between(1, 3),
      n: chance.below(1e9),
    });
  }
  return entries.sort((a, b) => a.atMs - b.atMs);
}
