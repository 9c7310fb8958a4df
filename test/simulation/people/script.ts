// What is going to happen in a run, as data drawn from the seed: the world's size and limits, which faults strike how often,
// what mishaps befall whom when, and what each person wants to do. Data can be cut down to the few lines that matter.
import { Chance } from '../kernel/chance.ts';
import { MISHAPS, RATES, type MishapKind, type Rate } from '../kernel/faults.ts';
import { WISHES, type WishKind } from './wishes.ts';

/** One thing that somebody wants; `n` chooses what the kind leaves open, among what there is by then. */
export interface Wish {
  readonly id: string;
  readonly atMs: number;
  readonly kind: WishKind;
  readonly show: number;
  readonly customer: number;
  readonly n: number;
}

export interface Mishap {
  readonly atMs: number;
  readonly kind: MishapKind;
  readonly process: number;
  readonly forMs: number;
  /** −1 ≤ x < 1. */
  readonly strength: number;
}

export interface Script {
  readonly seed: number;
  readonly processes: number;
  readonly shows: number;
  readonly customers: number;
  /** Share of requests that reach the one process that has their show warm, as where a balancer hashes by show. */
  readonly affinity: number;
  /** Whether views are projected; it costs. */
  readonly projects: boolean;
  readonly limits: {
    readonly batchSizeMax: number;
    readonly queueSizeMax: number;
    readonly snapshotAfterEvents: number;
    readonly cachedStatesMax: number;
    readonly settleAttemptsMax: number;
    readonly conflictRetriesMax: number;
  };
  readonly rates: Readonly<Partial<Record<Rate, number>>>;
  readonly mishaps: readonly Mishap[];
  readonly wishes: readonly Wish[];
  readonly lengthMs: number;
}

/** Virtual time for each wish, on average. */
const MS_EACH = 14;
/** One seed in so many has no faults at all: there the bounds are strict. */
const CALM_ONE_IN = 12;

export function scriptOf(seed: number, wishes: number): Script {
  const chance = new Chance(seed, 'script');
  const lengthMs = wishes * MS_EACH;
  const calm = chance.below(CALM_ONE_IN) === 0;
  const processes = chance.between(2, 4);
  const shows = Math.max(1, Math.round(wishes / 180));
  const customers = chance.between(5, 9);
  return {
    seed,
    processes,
    shows,
    customers,
    lengthMs,
    affinity: chance.pick([0, 0.7, 0.95]),
    projects: chance.happens(0.33),
    limits: {
      batchSizeMax: chance.pick([1, 4, 16, 256]),
      queueSizeMax: chance.pick([4, 64, 512]),
      snapshotAfterEvents: chance.pick([4, 12, 40, 1e5]),
      cachedStatesMax: chance.pick([2, 2e4, 2e4, 2e4, 2e4, 2e4]),
      settleAttemptsMax: chance.between(1, 5),
      conflictRetriesMax: chance.between(1, 4),
    },
    rates: calm ? {} : ratesOf(RATES, chance.split('rates')),
    mishaps: calm ? [] : mishapsOf(MISHAPS, chance.split('mishaps'), processes, lengthMs),
    wishes: wishesOf(chance.split('wishes'), {
      count: wishes,
      shows,
      customers,
      lengthMs,
    }),
  };
}

/** Each fault with even odds, at a strength of its own. */
export function ratesOf(full: Readonly<Partial<Record<Rate, number>>>, chance: Chance): Script['rates'] {
  const rates: Partial<Record<Rate, number>> = {};
  for (const [rate, most] of Object.entries(full) as [Rate, number][])
    if (chance.happens(0.5)) rates[rate] = most * (0.3 + 1.5 * chance.next());
  return rates;
}

export function mishapsOf(
  kinds: readonly MishapKind[],
  chance: Chance,
  processes: number,
  lengthMs: number,
): Mishap[] {
  const mishaps: Mishap[] = [];
  for (const kind of kinds) {
    if (!chance.happens(0.4)) continue;
    const times = chance.between(1, kind === 'crash' ? 8 : 3);
    for (let i = 0; i < times; i += 1)
      mishaps.push({
        kind,
        atMs: Math.round(chance.next() * lengthMs),
        process: chance.below(processes),
        forMs: Math.round(50 + 2_500 * chance.next() ** 2),
        strength: 2 * chance.next() - 1,
      });
  }
  return mishaps.sort((a, b) => a.atMs - b.atMs);
}

function wishesOf(
  chance: Chance,
  { count, shows, customers, lengthMs }: { count: number } & Pick<Script, 'shows' | 'customers' | 'lengthMs'>,
): Wish[] {
  const kinds = Object.entries(WISHES) as [WishKind, number][];
  const weight = kinds.reduce((sum, [, each]) => sum + each, 0);
  const draw = (): WishKind => {
    let left = chance.next() * weight;
    for (const [kind, each] of kinds) if ((left -= each) < 0) return kind;
    return kinds[0]![0];
  };
  const rushEveryMs = chance.pick([0, 400, 800]);
  const wishes: Wish[] = [];
  for (let i = 0; i < count; i += 1) {
    const at = chance.next() * lengthMs;
    // In a rush many come in the same few milliseconds.
    const atMs = rushEveryMs > 0 ? Math.floor(at / rushEveryMs) * rushEveryMs + chance.next() * 5 : at;
    // Most want what is on sale just now: one show after another is hot.
    const hot = Math.min(shows - 1, Math.floor((at / lengthMs) * shows));
    const show = chance.happens(0.8) ? hot : chance.below(shows);
    wishes.push({
      id: `w${i}`,
      atMs,
      kind: draw(),
      show,
      customer: chance.below(customers),
      n: chance.below(1e9),
    });
  }
  return wishes.sort((a, b) => a.atMs - b.atMs);
}
