// Follows the end of the log by a catch-up subscription, and subscribes anew, from where it was, whenever that is dropped:
// the client itself never does.
import { START, streamNameFilter, type AllStreamResolvedEvent } from '@eventstore/db-client';
import type { RecordedEvent } from '../../domain/event.ts';
import type { HandleEvents, SubscribeOptions } from '../../ports/event-log.ts';
import { Fault } from '../../ports/fault.ts';
import { systemClock } from '../system/system-clock.ts';
import type { Connection } from './connection.ts';
import { commitOf, type EventPages } from './event-pages.ts';
import { at, isShown, SHOWN_STREAMS_REGEX, toRecorded } from './stored-events.ts';

const BATCH_EVENTS = 1_000;
/** Events that wait in memory for a slow handler, for each subscription; beyond it the server is not read on. */
const BUFFERED_EVENTS_MAX = 1_000;
const RESUBSCRIBE_MIN_MS = 20;
const RESUBSCRIBE_MAX_MS = 2_000;

export class LogFollower {
  readonly #connection: Connection;
  readonly #pages: EventPages;
  readonly #closed = new AbortController();
  readonly #following = new Set<Promise<void>>();

  constructor(connection: Connection, pages: EventPages) {
    this.#connection = connection;
    this.#pages = pages;
  }

  /** See EventLog.subscribeAll. While EventStoreDB is away it waits and goes on where it was. */
  async follow(
    after: number,
    handle: HandleEvents,
    { signal, batchSizeMax = BATCH_EVENTS }: SubscribeOptions,
  ): Promise<void> {
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    const following = this.#follow(after, handle, ended, batchSizeMax);
    const quiet = following.catch(() => {});
    this.#following.add(quiet);
    void quiet.then(() => this.#following.delete(quiet));
    return following;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await Promise.all(this.#following);
  }

  async #follow(after: number, handle: HandleEvents, ended: AbortSignal, sizeMax: number): Promise<void> {
    let position = after;
    let pauseMs = RESUBSCRIBE_MIN_MS;
    while (!ended.aborted) {
      const subscription = await this.#subscribe(position, ended);
      for (;;) {
        const records = await subscription?.next(sizeMax);
        if (records === undefined || ended.aborted) break;
        const events = fresh(records, position);
        if (events.length === 0) continue;
        try {
          await handle(events);
        } catch (error) {
          subscription!.end();
          throw error;
        }
        position = events.at(-1)!.position;
        pauseMs = RESUBSCRIBE_MIN_MS;
      }
      subscription?.end();
      await systemClock.sleep(pauseMs, ended);
      pauseMs = Math.min(pauseMs * 2, RESUBSCRIBE_MAX_MS);
    }
  }

  /** null: not now. */
  async #subscribe(after: number, ended: AbortSignal): Promise<Subscription | null> {
    try {
      const from = await this.#pages.startingPoint(after);
      if (ended.aborted) return null;
      const reading = this.#connection.client.subscribeToAll(
        {
          fromPosition: from === 0 ? START : at(from),
          filter: streamNameFilter({ regex: SHOWN_STREAMS_REGEX }),
        },
        { highWaterMark: BUFFERED_EVENTS_MAX },
      );
      return new Subscription(reading, ended);
    } catch (error) {
      if (error instanceof Fault) return null;
      throw error;
    }
  }
}

/** A server may give one twice: those that came before are known by their position. */
function fresh(records: readonly AllStreamResolvedEvent[], after: number): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  for (const record of records) {
    if (isShown(record.event) && commitOf(record) > (events.at(-1)?.position ?? after))
      events.push(toRecorded(record.event!));
  }
  return events;
}

interface EventFlow extends NodeJS.EventEmitter {
  read(): AllStreamResolvedEvent | null;
  unsubscribe(): Promise<void>;
}

/** One subscription until it is dropped: what has arrived is taken in batches. */
class Subscription {
  readonly #flow: EventFlow;
  readonly #ended: AbortSignal;
  #over = false;
  #wake: () => void = () => {};

  constructor(flow: EventFlow, ended: AbortSignal) {
    this.#flow = flow;
    this.#ended = ended;
    flow.on('readable', () => this.#wake());
    // A drop is told by `error` alone, and one that nobody listens to ends the process.
    for (const drop of ['error', 'end', 'close']) flow.on(drop, this.#drop);
    ended.addEventListener('abort', this.#drop);
  }

  readonly #drop = (): void => {
    this.#over = true;
    this.#wake();
  };

  /** Waits for events; undefined: there will be no more. */
  async next(sizeMax: number): Promise<AllStreamResolvedEvent[] | undefined> {
    const batch: AllStreamResolvedEvent[] = [];
    for (;;) {
      const before = batch.length;
      while (batch.length < sizeMax) {
        const record = this.#flow.read();
        if (record === null) break;
        batch.push(record);
      }
      if (this.#ended.aborted) return undefined;
      // What arrives together is handled together: as long as a turn brings more, another is waited for.
      if (batch.length === sizeMax || (batch.length > 0 && batch.length === before)) return batch;
      if (batch.length > 0) await new Promise(setImmediate);
      else if (this.#over) return undefined;
      else await this.#news();
    }
  }

  end(): void {
    this.#ended.removeEventListener('abort', this.#drop);
    void this.#flow.unsubscribe().catch(() => {});
  }

  #news(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
