// What was broken first in a run, and how a run ends by it: whatever throws, and whoever waits for it or does not.
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Trace } from '../kernel/trace.ts';
import { Violation } from './violation.ts';

/** Errors of code that nobody waits for reach the run in progress. */
let present: Judgement | null = null;
process.on('unhandledRejection', (error) => {
  if (!present) throw error;
  present.broken(error);
});

export class Judgement {
  /** null: nothing is broken. */
  violation: Violation | null = null;
  readonly #scheduler: Scheduler;
  readonly #trace: Trace;

  constructor(scheduler: Scheduler, trace: Trace) {
    this.#scheduler = scheduler;
    this.#trace = trace;
  }

  /** An error that no fault of the world explains ends the run. */
  broken(error: unknown): void {
    if (this.violation) return;
    this.violation =
      error instanceof Violation
        ? error
        : new Violation(13, `an unexpected error: ${(error as Error)?.stack ?? String(error)}`);
    this.#scheduler.stopped = true;
    this.#trace.tell(this.#scheduler.nowMs, () => `!!! ${this.violation!.message}`);
  }

  judge(claims: () => void): void {
    try {
      if (!this.violation) claims();
    } catch (error) {
      this.broken(error);
    }
  }

  /** The whole of a run. */
  async over(work: () => Promise<void>): Promise<void> {
    // oxlint-disable-next-line typescript/no-this-alias -- who judges the run that is under way
    present = this;
    try {
      await work();
    } catch (error) {
      this.broken(error);
    } finally {
      present = null;
    }
  }

  /** Lets the world go on until the work is done, or something is broken. */
  async until(work: Promise<unknown>): Promise<void> {
    let done = false;
    const failures: Error[] = [];
    work.then(
      () => (done = true),
      (error: unknown) => {
        failures.push(error as Error);
        done = true;
      },
    );
    await this.#scheduler.run(Infinity, () => done);
    if (failures[0]) throw failures[0];
  }
}
