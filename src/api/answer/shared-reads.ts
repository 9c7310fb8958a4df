// Public reads that many ask for at the same moment: made once for all of them while the views they rest on stand still.
// See docs/decisions/0084.
import { LRUCache } from 'lru-cache';
import type { SteadyClock } from '../../ports/clock.ts';
import type { Read } from './etag.ts';

/** Once it is made; for what no position tells: what is on "from now", and views that another process moves. */
const KEPT_MS = 50;
/** A page of a hundred events is some 70 kB. */
const READS_MAX = 200;
const WHILE_IT_IS_MADE = 0;

export class SharedReads {
  readonly #reads: LRUCache<string, Promise<Read>>;

  constructor(clock: Pick<SteadyClock, 'steady'>) {
    this.#reads = new LRUCache({
      max: READS_MAX,
      ttl: KEPT_MS,
      ttlResolution: 0,
      perf: { now: () => clock.steady() },
    });
  }

  /** What was made for `key` a moment ago or is being made, or what `make` makes; what fails is not kept. */
  of(key: string, make: () => Promise<Read>): Promise<Read> {
    const kept = this.#reads.get(key);
    if (kept) return kept;
    const made = make();
    this.#reads.set(key, made, { ttl: WHILE_IT_IS_MADE });
    made.then(
      () => this.#reads.set(key, made),
      () => this.#reads.delete(key),
    );
    return made;
  }
}
