// What may go wrong. Each seed switches on a subset of it at a strength of its own (swarm), and counts what really happened:
// a fault that never struck has tested nothing.
import type { Chance } from './chance.ts';

/** Struck by chance at each call, with how often they do at full strength. */
export const RATES = {
  /** Refused before anything was written, and said so. */
  appendRefused: 0.03,
  /** The request never arrived; nobody knows. */
  appendLost: 0.02,
  /** Given up by who sent it, and written all the same a while later. */
  appendLate: 0.02,
  /** Written; the answer was lost. */
  ackLost: 0.03,
  /** The log's database refuses the events themselves: an error that is no Fault. */
  eventsUnstorable: 0.015,
  readFails: 0.03,
  feedDrops: 0.02,
  feedSlow: 0.05,
  snapshotStale: 0.2,
  /** Written by a program of another version: another shape. */
  snapshotForeign: 0.1,
  snapshotCorrupt: 0.1,
  snapshotUnreadable: 0.1,
  snapshotUnsaved: 0.2,
  checkpointFails: 0.15,
  statementFails: 0.02,
  /** Rows and checkpoint are written; who wrote them does not hear of it. */
  commitUnheard: 0.08,
  poisonEvent: 0.02,
  requestLost: 0.02,
  answerLost: 0.03,
  requestDuplicated: 0.03,
  /** The customer sends again what was answered already. */
  answerForgotten: 0.04,
  paymentLate: 0.2,
  paymentTwice: 0.25,
} as const;

/** Of the distributed world: what is there as well, and what may befall feed and index. */
export const FEED_RATES = {
  /** Here the log is read by a relay and an indexer alone. */
  readFails: 0.06,
  feedDrops: RATES.feedDrops,
  feedSlow: RATES.feedSlow,
  statementFails: RATES.statementFails,
  commitUnheard: RATES.commitUnheard,
  poisonEvent: 0.01,
  /** The records never arrived; nobody knows. */
  publishLost: 0.04,
  /** Only the first of the records were written. */
  publishCut: 0.04,
  /** Given up by who sent them, and written all the same a while later. */
  publishLate: 0.04,
  /** Written; the acknowledgement was lost. */
  publishUnheard: 0.06,
  fetchFails: 0.03,
  /** Records come again that have come before. */
  redelivered: 0.08,
  indexRefused: 0.04,
  /** Carried out; the answer was lost. */
  indexUnheard: 0.05,
  /** Some documents of a request are to be sent again. */
  indexBusy: 0.06,
} as const;

/** Planned for a moment of the run. */
export const MISHAPS = [
  'crash',
  'stop',
  'stall',
  'cut',
  'cutOut',
  'cutBack',
  'clockJump',
  'clockDrift',
  'logCrash',
  'diskFull',
  'slowDisk',
  'storeCrash',
] as const;

export const FEED_MISHAPS = [
  'crash',
  'stop',
  'stall',
  'cut',
  'clockJump',
  'clockDrift',
  'storeCrash',
  'brokerAway',
  'indexAway',
  'rebalance',
  /** What lies in the feed by now is thrown away. */
  'retention',
] as const;

export type Rate = keyof typeof RATES | keyof typeof FEED_RATES;
export type MishapKind = (typeof MISHAPS)[number] | (typeof FEED_MISHAPS)[number];
export type FaultKind = Rate | MishapKind;
export const FAULTS: readonly FaultKind[] = [...(Object.keys(RATES) as Rate[]), ...MISHAPS];
export const FEED_FAULTS: readonly FaultKind[] = [...(Object.keys(FEED_RATES) as Rate[]), ...FEED_MISHAPS];

export class Faults {
  /** Probability of each at a call; what is not named never strikes. */
  readonly #rates: Readonly<Partial<Record<Rate, number>>>;
  readonly #chance: Chance;
  readonly #count: (what: string) => void;
  healed = false;

  constructor(rates: Readonly<Partial<Record<Rate, number>>>, chance: Chance, count: (what: string) => void) {
    this.#rates = rates;
    this.#chance = chance;
    this.#count = count;
  }

  /** Whether this fault strikes here and now. */
  strikes(rate: Rate): boolean {
    const probability = this.#rates[rate];
    if (this.healed || probability === undefined || this.#chance.next() >= probability) return false;
    this.struck(rate);
    return true;
  }

  /** A fault has struck that was planned. */
  struck(kind: FaultKind): void {
    this.#count(`fault ${kind}`);
  }
}
