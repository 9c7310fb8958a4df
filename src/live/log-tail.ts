// Follows the log once for everything in this process that lives in memory, so that each event is read and parsed
// once however many follow it.
import type { RecordedEvent } from '../domain/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { Waiters } from './waiters.ts';

/** Must bear to see an event twice: after a fault the tail begins again behind the last batch that went through. */
export type TailHandler = (events: readonly RecordedEvent[]) => Promise<void> | void;

export interface LogTailOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly onFault?: (error: unknown) => void;
}

const BATCH_SIZE_MAX = 1_000;
const BACKOFF_MIN_MS = 100;
const BACKOFF_MAX_MS = 5_000;

export class LogTail {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  readonly #handlers: TailHandler[] = [];
  readonly #stop = new AbortController();
  readonly #waiters: Waiters;
  #position = 0;
  #startPosition = 0;
  #backoffMs = BACKOFF_MIN_MS;
  #starting: Promise<void> | null = null;
  #running: Promise<void> | null = null;

  constructor(options: LogTailOptions) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#onFault = options.onFault ?? (() => {});
    this.#waiters = new Waiters(options.clock);
  }

  /** Position of the last event that every handler has seen. */
  get position(): number {
    return this.#position;
  }

  /** Handlers are given the events after this position. */
  get startPosition(): number {
    return this.#startPosition;
  }

  /** Handlers run one after another, in the order in which they were added. */
  follow(handler: TailHandler): void {
    if (this.#starting)
      throw new Error(
        'The tail has begun: what follows it must be made before it is started, or it would miss events.',
      );
    this.#handlers.push(handler);
  }

  /** Begins at the log's present end; resolves when that is known. Starting twice does nothing. */
  start(): Promise<void> {
    this.#starting ??= this.#begin();
    return this.#starting;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#waiters.close();
    await this.#running;
  }

  /** Waits until the handlers have seen `position`, at most `timeoutMs`; says whether they have. */
  waitFor(position: number, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    return this.#waiters.until(() => this.#position >= position, timeoutMs, signal);
  }

  async #begin(): Promise<void> {
    try {
      this.#position = this.#startPosition = await this.#log.lastPosition();
      this.#running = this.#run();
    } catch (error) {
      this.#starting = null;
      throw error;
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#log.subscribeAll(this.#position, (events) => this.#deliver(events), {
          signal,
          batchSizeMax: BATCH_SIZE_MAX,
        });
      } catch (error) {
        if (!signal.aborted) this.#onFault(error);
      }
      if (signal.aborted) return;
      await this.#clock.sleep(this.#backoffMs, signal);
      this.#backoffMs = Math.min(this.#backoffMs * 2, BACKOFF_MAX_MS);
    }
  }

  async #deliver(events: readonly RecordedEvent[]): Promise<void> {
    const last = events.at(-1);
    if (!last || this.#stop.signal.aborted) return;
    for (const handler of this.#handlers) await handler(events);
    this.#position = Math.max(this.#position, last.position);
    this.#backoffMs = BACKOFF_MIN_MS;
    this.#waiters.notify();
  }
}
