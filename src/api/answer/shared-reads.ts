// Public reads that many ask for at the same moment: made once for all of them while the views they rest on stand still.
// See docs/decisions/0084.
import { LRUCache } from 'lru-cache';
import type { SteadyClock } from '../../ports/clock.ts';
import type { Read } from './etag.ts';

/** Once it is made; for what no position tells: what is on "from now", and views that another process moves. */
const KEPT_MS = 50;
const READS_MAX = 200;
/** Two bytes each at most. A page of a hundred events is some 70,000; with the longest tags it is above a million. */
const CHARACTERS_MAX = 8_000_000;
const WHILE_IT_IS_MADE = { ttl: 0, size: 1 };

export class SharedReads {
  readonly #reads: LRUCache<string, Read | Promise<Read>>;

  constructor(clock: Pick<SteadyClock, 'steady'>) {
    this.#reads = new LRUCache({
      max: READS_MAX,
      maxSize: CHARACTERS_MAX,
      ttl: KEPT_MS,
      ttlResolution: 0,
      perf: { now: () => clock.steady() },
    });
  }

  /** What was made for `key` a moment ago or is being made, or what `make` makes; what fails is not kept. */
  async of(key: string, make: () => Promise<Read>): Promise<Read> {
    const kept = this.#reads.get(key);
    if (kept) return kept;
    const made = make();
    this.#reads.set(key, made, WHILE_IT_IS_MADE);
    try {
      const read = await made;
      // Pushed out meanwhile, it is older than what may have taken its place.
      if (this.#reads.peek(key) === made) this.#reads.set(key, read, { size: key.length + read.body.length });
      return read;
    } catch (error) {
      if (this.#reads.peek(key) === made) this.#reads.delete(key);
      throw error;
    }
  }
}
