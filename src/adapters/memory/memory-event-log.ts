// The event log in memory: the same promises as on Postgres but for durability. For tests and simulations: nothing here
// depends on time, and events come back as they would from a database: copied through JSON, and frozen.
import type { NewEvent, RecordedEvent } from '../../domain/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  AppendResult,
  EventLog,
  HandleEvents,
  ReadAllOptions,
  SubscribeOptions,
} from '../../ports/event-log.ts';
import { Fault } from '../../ports/fault.ts';
import { onePage } from '../../ports/page-length.ts';
import { assertStreamName, storableEvent } from '../../ports/storable-event.ts';

const PAGE_EVENTS = 5_000;
const BATCH_EVENTS = 1_000;

export class MemoryEventLog implements EventLog {
  readonly #clock: Clock;
  /** The event at position p is at index p − 1. */
  readonly #all: RecordedEvent[] = [];
  readonly #streams = new Map<string, RecordedEvent[]>();
  /** Wakes the subscribers that wait for more. */
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<AppendResult> {
    if (this.#closed) throw new Fault('ShuttingDown', 'The event log is closed; nothing was written.');
    assertStreamName(stream);
    const stored = events.map(copyOf);
    const present = this.#streams.get(stream) ?? [];
    const revision = present.length - 1;
    if (revision === expectedRevision) {
      this.#add(stream, present, stored);
    } else if (!liesAt(present, expectedRevision + 1, events)) {
      return { kind: 'conflict', revision };
    }
    const last = present[expectedRevision + events.length];
    return { kind: 'appended', revision: last?.revision ?? -1, position: last?.position ?? -1 };
  }

  async *readStream(stream: string, fromRevision: number, limit = Infinity): AsyncGenerator<RecordedEvent[]> {
    const end = Math.min(this.#streams.get(stream)?.length ?? 0, fromRevision + limit);
    for (let from = fromRevision; from < end; from += PAGE_EVENTS) {
      yield this.#streams.get(stream)!.slice(from, Math.min(from + PAGE_EVENTS, end));
    }
  }

  async readAll(
    after: number,
    limit: number,
    { types, streams, fewerIfLong = false }: ReadAllOptions = {},
  ): Promise<RecordedEvent[]> {
    const wanted = (event: RecordedEvent) =>
      (types?.includes(event.type) ?? true) && (streams?.includes(event.stream) ?? true);
    const found =
      types || streams
        ? this.#all.slice(after).filter(wanted).slice(0, limit)
        : this.#all.slice(after, after + limit);
    return fewerIfLong ? onePage(found) : found;
  }

  async lastPosition(): Promise<number> {
    return this.#all.length;
  }

  async subscribeAll(
    after: number,
    handle: HandleEvents,
    { signal, batchSizeMax = BATCH_EVENTS }: SubscribeOptions,
  ): Promise<void> {
    let position = after;
    while (!signal.aborted && !this.#closed) {
      const events = this.#all.slice(position, position + batchSizeMax);
      if (events.length === 0) {
        await this.#news(signal);
        continue;
      }
      await handle(events);
      position += events.length;
    }
  }

  async now(): Promise<number> {
    return this.#clock.now();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wakeAll();
  }

  #add(stream: string, present: RecordedEvent[], events: readonly NewEvent[]): void {
    for (const event of events) {
      const recorded = Object.freeze({
        ...event,
        stream,
        revision: present.length,
        position: this.#all.length + 1,
      });
      present.push(recorded);
      this.#all.push(recorded);
    }
    if (present.length > 0) this.#streams.set(stream, present);
    if (events.length > 0) this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#waiting) wake();
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

/** Whether exactly these events lie there already: the append is a repetition. */
function liesAt(present: readonly RecordedEvent[], revision: number, events: readonly NewEvent[]): boolean {
  return events.length > 0 && events.every((event, index) => present[revision + index]?.id === event.id);
}

function copyOf(event: NewEvent): NewEvent {
  const { data, metadata } = storableEvent(event);
  return {
    id: event.id,
    type: event.type,
    data: freeze(JSON.parse(data)),
    metadata: freeze(JSON.parse(metadata)),
  };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
