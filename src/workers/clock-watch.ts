// Compares this process's clock with the event log's own: one that runs ahead would end holds early, so a process that
// is more than 2 s away is not ready and says so.
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';

const SKEW_MAX_MS = 2_000;
const EVERY_MS = 60_000;
/** While the clock is off, or the log could not be asked, it is looked at more often. */
const EVERY_WHEN_NOT_READY_MS = 5_000;

export class ClockWatch {
  readonly #clock: Clock;
  readonly #log: Pick<EventLog, 'now'>;
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;
  #reason: string | null =
    "This process's clock has not been compared with the event log's yet; this is done within seconds.";
  #skewMs: number | null = null;

  constructor(parts: { clock: Clock; log: Pick<EventLog, 'now'> }) {
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Why this process is not ready; null: its clock is right. */
  get reason(): string | null {
    return this.#reason;
  }

  get ready(): boolean {
    return this.#reason === null;
  }

  /** How far this clock runs ahead of the log's, ms; null: not compared yet. */
  get skewMs(): number | null {
    return this.#skewMs;
  }

  /** Compares at once, and from then on each minute; resolves after the first comparison. */
  async start(): Promise<void> {
    if (this.#running) return;
    await this.check();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Compares now. A log that does not answer changes nothing: that is for others to report. */
  async check(): Promise<void> {
    const asked = this.#clock.now();
    let logNow: number;
    try {
      logNow = await this.#log.now();
    } catch {
      return;
    }
    const answered = this.#clock.now();
    // The log read its clock somewhere between asking and answer: only what lies outside is surely skew.
    const ahead = asked > logNow ? asked - logNow : Math.min(0, answered - logNow);
    this.#skewMs = Math.round((asked + answered) / 2 - logNow);
    this.#reason = Math.abs(ahead) > SKEW_MAX_MS ? sentence(ahead) : null;
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#clock.sleep(this.ready ? EVERY_MS : EVERY_WHEN_NOT_READY_MS, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      await this.check();
    }
  }
}

function sentence(aheadMs: number): string {
  const where = aheadMs > 0 ? 'ahead of' : 'behind';
  const seconds = (Math.abs(aheadMs) / 1_000).toFixed(1);
  return `The clock of this process is ${seconds} s ${where} the event log's, and at most ${SKEW_MAX_MS / 1_000} s is safe: set the machine's clock (NTP). It is compared again within seconds.`;
}
