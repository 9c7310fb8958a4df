// A promise of the engine that was broken, by the number it has in the list of invariants (docs/decisions/0024).

export const INVARIANTS = {
  1: 'no place is taken twice, and a hold has all it asked for',
  2: 'what was acknowledged is in the log, exactly once',
  3: 'a refusal left nothing; what is unknown is there whole or not at all',
  4: 'revisions and positions have no gaps, and time does not run backwards in a stream',
  5: 'free + held + booked + blocked = capacity',
  6: 'nothing is confirmed at or after its end, freed before it, or kept long after it',
  7: 'offers are made in joining order, and nobody is above the limit',
  8: 'the same key has the same result, and another body is refused',
  9: 'every view equals its rebuild',
  10: 'what follows from an event follows once, and in the end',
  11: 'a captured payment has a booking or a refund, not both',
  12: 'the same seed gives the same trace',
  13: 'when all is well again, everything comes to rest',
  14: 'every event is in the feed once at least, in the order of its stream, before anybody says so',
  15: 'who has lost a lease publishes nothing and moves no progress',
  16: 'a view that has reached a position has every event up to it',
  17: 'the index says what the views say',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: Invariant;

  constructor(invariant: Invariant, what: string) {
    super(what);
    this.invariant = invariant;
  }
}

export function claim(holds: boolean, invariant: Invariant, otherwise: () => string): asserts holds {
  if (!holds) throw new Violation(invariant, otherwise());
}
