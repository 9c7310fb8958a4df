// When to look at which show again: one time a show, however many holds it has, earliest first.
import { TimeQueue } from '../domain/time-queue.ts';

export class ShowAgenda {
  /** The time that counts; entries of the queue that say otherwise are out of date. */
  readonly #due = new Map<string, number>();
  readonly #queue = new TimeQueue<string>();

  /** Shows on it. */
  get size(): number {
    return this.#due.size;
  }

  /** The earlier of what was known and `dueMs` counts. */
  add(showId: string, dueMs: number): void {
    const known = this.#due.get(showId);
    if (known !== undefined && known <= dueMs) return;
    this.#due.set(showId, dueMs);
    this.#queue.add(dueMs, showId);
  }

  /** Takes the show that is due first off the agenda, if it is due at `nowMs`. */
  take(nowMs: number): string | null {
    for (;;) {
      const showId = this.#queue.first;
      if (showId === undefined) return null;
      const dueMs = this.#queue.firstTime!;
      const current = this.#due.get(showId) === dueMs;
      if (current && dueMs > nowMs) return null;
      this.#queue.removeFirst();
      if (!current) continue;
      this.#due.delete(showId);
      return showId;
    }
  }
}
