// The life of one hold: made, then confirmed (and perhaps cancelled), released, or lapsed. What ended stays ended.
import type { Model, Operation } from './search.ts';

export type HoldState = 'none' | 'live' | 'confirmed' | 'cancelled' | 'released' | 'expired';

export interface HoldOperation extends Operation {
  readonly label: string;
  readonly does: 'take' | 'confirm' | 'release' | 'cancel' | 'lapse' | 'see';
  /** For `see`: the states in which the answer is right. */
  readonly seen?: readonly HoldState[];
}

/** From which state each act leads where; from where it led to it leads nowhere else. */
const ACTS: Record<
  Exclude<HoldOperation['does'], 'see'>,
  readonly [from: HoldState, to: HoldState, again: boolean]
> = {
  take: ['none', 'live', false],
  confirm: ['live', 'confirmed', true],
  release: ['live', 'released', true],
  cancel: ['confirmed', 'cancelled', true],
  lapse: ['live', 'expired', false],
};

export const holdModel: Model<HoldState, HoldOperation> = {
  initial: 'none',
  keyOf: (state) => state,
  isObservation: ({ does }) => does === 'see',
  step(state, { does, seen }) {
    if (does === 'see') return seen!.includes(state) ? state : null;
    const [from, to, again] = ACTS[does];
    return state === from || (again && state === to) ? to : null;
  },
};
