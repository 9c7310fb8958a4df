// Live holds in order of the time at which they lapse. Holds that ended or were extended stay in the queue until they come
// up and are dropped then.
import { TimeQueue } from '../time-queue.ts';

/** What the queue needs to know of a hold. */
export interface Lapsing {
  readonly status: string;
  readonly until: number;
}

export class DueQueue<H extends Lapsing> {
  readonly #queue = new TimeQueue<H>();

  add(hold: H): void {
    this.#queue.add(hold.until, hold);
  }

  /** The live hold that lapses first, if it has lapsed at `nowMs`. */
  firstDue(nowMs: number): H | null {
    for (;;) {
      const hold = this.#queue.first;
      if (hold === undefined) return null;
      if (hold.status === 'live' && hold.until === this.#queue.firstTime)
        return hold.until <= nowMs ? hold : null;
      this.#queue.removeFirst();
    }
  }
}
