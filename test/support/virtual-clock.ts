// A clock that tests move by hand: whoever sleeps wakes in order, and everything that follows from it has happened
// before the clock goes on.
import type { SteadyClock } from '../../src/ports/clock.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** One turn of the event loop: every promise that can go on has gone on. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class VirtualClock implements SteadyClock {
  nowMs: number;
  /** So far it has been put forward or, negative, back. */
  putMs = 0;
  #sleepers: Sleeper[] = [];

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  now(): number {
    return this.nowMs + this.putMs;
  }

  steady(): number {
    return this.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        this.#sleepers = this.#sleepers.filter((s) => s !== sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { atMs: this.nowMs + Math.max(0, ms), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await turn();
    for (;;) {
      const next = this.#sleepers.reduce<Sleeper | null>((a, b) => (a && a.atMs <= b.atMs ? a : b), null);
      if (!next || next.atMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.wake();
      await turn();
    }
    this.nowMs = endMs;
    await turn();
  }
}
