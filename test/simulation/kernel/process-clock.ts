// The clock of one simulated process: it may run ahead or behind, drift and jump. Sleeping takes the world's own time, as a
// machine's timers do, whatever its calendar says, and a millisecond at least.
import type { SteadyClock } from '../../../src/ports/clock.ts';
import type { Actor, Scheduler } from './scheduler.ts';

/** What the calendar says at the beginning of the world. */
export const EPOCH_MS = Date.parse('2027-03-01T12:00:00.000Z');

/** As Node's: less would add nothing to a time of many digits. */
const TIMER_MS_MIN = 1;

export class ProcessClock implements SteadyClock {
  offsetMs = 0;
  /** ms gained in each ms. */
  drift = 0;
  readonly #scheduler: Scheduler;
  readonly #actor: Actor;

  constructor(scheduler: Scheduler, actor: Actor) {
    this.#scheduler = scheduler;
    this.#actor = actor;
  }

  now(): number {
    return EPOCH_MS + Math.floor(this.#scheduler.nowMs * (1 + this.drift)) + this.offsetMs;
  }

  steady(): number {
    return this.#scheduler.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const callOff = this.#scheduler.after(Math.max(ms, TIMER_MS_MIN), this.#actor, 'wakes', wake);
      const abort = () => {
        callOff();
        resolve();
      };
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
