// The event log on EventStoreDB 23.10 or newer, one node or a cluster. What it rests on, and what it does when an answer
// is lost, is told in docs/decisions/0040 and 0041.
import { ANY, jsonEvent } from '@eventstore/db-client';
import type { NewEvent, RecordedEvent } from '../../domain/event.ts';
import type {
  AppendResult,
  EventLog,
  HandleEvents,
  ReadAllOptions,
  SubscribeOptions,
} from '../../ports/event-log.ts';
import { Fault } from '../../ports/fault.ts';
import { Appender } from './appender.ts';
import { CALL_TIMEOUT_MS, within, type Connection } from './connection.ts';
import { EventPages } from './event-pages.ts';
import { LogFollower } from './log-follower.ts';
import { LogReader } from './log-reader.ts';
import { CLOCK_STREAM } from './stored-events.ts';

export class EventStoreDbEventLog implements EventLog {
  readonly #connection: Connection;
  readonly #pages: EventPages;
  readonly #appender: Appender;
  readonly #reader: LogReader;
  readonly #follower: LogFollower;
  #clockBounded = false;
  #closed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#pages = new EventPages(connection);
    this.#appender = new Appender(connection, this.#pages);
    this.#reader = new LogReader(this.#pages);
    this.#follower = new LogFollower(connection, this.#pages);
  }

  async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<AppendResult> {
    if (this.#closed) throw new Fault('ShuttingDown', 'The event log is closed; nothing was written.');
    return events.length === 0
      ? this.#appender.check(stream, expectedRevision)
      : this.#appender.append(stream, expectedRevision, events);
  }

  readStream(stream: string, fromRevision: number, limit?: number): AsyncIterable<RecordedEvent[]> {
    return this.#pages.ofStream(stream, fromRevision, limit);
  }

  readAll(after: number, limit: number, options?: ReadAllOptions): Promise<RecordedEvent[]> {
    return this.#reader.readAll(after, limit, options);
  }

  lastPosition(): Promise<number> {
    return this.#reader.lastPosition();
  }

  subscribeAll(after: number, handle: HandleEvents, options: SubscribeOptions): Promise<void> {
    return this.#follower.follow(after, handle, options);
  }

  /** EventStoreDB tells its time only as the time of a record, so one is written to a stream that keeps one. */
  async now(): Promise<number> {
    const { client } = this.#connection;
    return this.#connection.read('tell its time', async () => {
      if (!this.#clockBounded) {
        await within(CALL_TIMEOUT_MS, client.setStreamMetadata(CLOCK_STREAM, { maxCount: 1 }));
        this.#clockBounded = true;
      }
      const askedAt = performance.now();
      const tick = jsonEvent({ type: 'Tick', data: {} });
      const options = { expectedRevision: ANY, requiresLeader: true, deadline: CALL_TIMEOUT_MS } as const;
      await within(CALL_TIMEOUT_MS, client.appendToStream(CLOCK_STREAM, tick, options));
      const writtenAt = (askedAt + performance.now()) / 2;
      const { created } = (await this.#pages.lastStored(CLOCK_STREAM))!;
      return created.getTime() + (performance.now() - writtenAt);
    });
  }

  /** Lets appends that wait finish, ends subscriptions, and closes the connection. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([this.#appender.idle(), this.#follower.close()]);
    await this.#connection.close();
  }
}
