// How often a batch is decided again because another process wrote first. What has priority is decided again for longer,
// and whatever came before the first conflict, such as a long append or a process that stood still, does not count.
import type { SteadyClock } from '../ports/clock.ts';
import { PRIORITY_FACTOR, type PipelineLimits } from './limits.ts';

type Bounds = Pick<PipelineLimits, 'conflictRetriesMax' | 'conflictRetriesWithinMs'>;

export class ConflictRounds {
  readonly #clock: SteadyClock;
  readonly #bounds: Bounds;
  #lost = 0;
  #firstLostMs = 0;

  constructor(clock: SteadyClock, bounds: Bounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  lost(): void {
    if (this.#lost === 0) this.#firstLostMs = this.#clock.steady();
    this.#lost += 1;
  }

  /** Whether there is another round; for what has priority only time is an end. */
  goOn(priority: boolean): boolean {
    const { conflictRetriesMax, conflictRetriesWithinMs } = this.#bounds;
    const forMs = this.#clock.steady() - this.#firstLostMs;
    if (priority) return forMs < conflictRetriesWithinMs * PRIORITY_FACTOR;
    return this.#lost <= conflictRetriesMax && forMs < conflictRetriesWithinMs;
  }
}
