// An event log around another that fails on demand: before or after writing, when reading, or by making appends wait.
import type { NewEvent, RecordedEvent } from '../../../src/domain/event.ts';
import type { AppendResult, EventLog } from '../../../src/ports/event-log.ts';
import { Fault } from '../../../src/ports/fault.ts';

/** What becomes of one append: `lost` and `unheard` look the same to the caller. */
export type Mishap = 'lost' | 'unheard' | 'refused';

export class UnrulyLog implements EventLog {
  readonly inner: EventLog;
  /** For the next appends, in order. */
  mishaps: (Mishap | null)[] = [];
  /** For the next reads of a stream, in order: true fails. */
  readFailures: boolean[] = [];
  /** Done once, right before the next append reaches the log. */
  beforeAppend: (() => Promise<void>) | null = null;
  /** Done whenever a stream was read from its first event on, before whoever reads it goes on. */
  afterWholeRead: (() => Promise<void>) | null = null;
  appends: { stream: string; expected: number; events: readonly NewEvent[] }[] = [];
  reads: { stream: string; from: number }[] = [];
  #gate: Promise<void> | null = null;
  #open: () => void = () => {};

  constructor(inner: EventLog) {
    this.inner = inner;
  }

  /** Appends wait until `resume`. */
  pause(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  resume(): void {
    this.#gate = null;
    this.#open();
  }

  async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<AppendResult> {
    this.appends.push({ stream, expected, events });
    await this.#gate;
    const before = this.beforeAppend;
    this.beforeAppend = null;
    await before?.();
    const mishap = this.mishaps.shift() ?? null;
    if (mishap === 'refused') throw new Fault('EventLogUnavailable', 'refused', { outcome: 'none' });
    if (mishap === 'lost') throw new Fault('AppendUnknown', 'no answer', { outcome: 'unknown' });
    const result = await this.inner.append(stream, expected, events);
    if (mishap === 'unheard') throw new Fault('AppendUnknown', 'no answer', { outcome: 'unknown' });
    return result;
  }

  async *readStream(stream: string, fromRevision: number, limit?: number): AsyncIterable<RecordedEvent[]> {
    this.reads.push({ stream, from: fromRevision });
    if (this.readFailures.shift()) throw new Fault('EventLogUnavailable', 'unreadable');
    yield* this.inner.readStream(stream, fromRevision, limit);
    if (fromRevision === 0) await this.afterWholeRead?.();
  }

  readAll: EventLog['readAll'] = (after, limit, only) => this.inner.readAll(after, limit, only);
  lastPosition = (): Promise<number> => this.inner.lastPosition();
  subscribeAll: EventLog['subscribeAll'] = (after, handle, options) =>
    this.inner.subscribeAll(after, handle, options);
  now = (): Promise<number> => this.inner.now();
  close = (): Promise<void> => this.inner.close();
}
