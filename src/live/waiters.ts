// Those who wait for something to become true in memory: long polls and reads that want a certain position.
import type { Clock } from '../ports/clock.ts';

interface Waiter {
  readonly ready: () => boolean;
  readonly wake: () => void;
}

export class Waiters {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Nobody waits any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Waits until `ready` (asked at each `notify`), at most `timeoutMs`, or until the signal aborts. Says whether it is ready. */
  async until(ready: () => boolean, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (ready()) return true;
    if (timeoutMs <= 0 || signal?.aborted || this.#closed) return false;
    const stop = new AbortController();
    const wake = () => stop.abort();
    const waiter = { ready, wake };
    this.#waiting.add(waiter);
    signal?.addEventListener('abort', wake, { once: true });
    try {
      await this.#clock.sleep(timeoutMs, stop.signal);
    } finally {
      this.#waiting.delete(waiter);
      signal?.removeEventListener('abort', wake);
    }
    return ready();
  }

  notify(): void {
    for (const waiter of this.#waiting) if (waiter.ready()) waiter.wake();
  }

  /** Ends every wait at once, and those to come. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.wake();
  }
}
