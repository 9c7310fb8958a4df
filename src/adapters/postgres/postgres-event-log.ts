// The event log on Postgres 15 or newer. Four lanes, so that none delays another: appends on one connection, revision
// checks on one, readers of a stream and followers on a few, and who reads through the whole log on three.
import type pg from 'pg';
import type { NewEvent, RecordedEvent } from '../../domain/event.ts';
import type {
  AppendResult,
  EventLog,
  HandleEvents,
  ReadAllOptions,
  SubscribeOptions,
} from '../../ports/event-log.ts';
import { Fault } from '../../ports/fault.ts';
import { AppendBatcher } from './append-batcher.ts';
import { openPool } from './database.ts';
import { EventReader } from './event-reader.ts';
import { LogFollower } from './log-follower.ts';
import { RevisionChecks } from './revision-checks.ts';

const READERS_MAX = 4;
/** Rebuilds, and analysts over HTTP. */
const SCANS_MAX = 3;
const WRITE_TIMEOUT_MS = 10_000;
const SETTINGS = {
  default_transaction_isolation: 'read committed', // append_events rests on it
  // Always by index: a plan made while the table was empty, and kept while it grows, would read all of it.
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_sort: 'off',
  jit: 'off',
};

export class PostgresEventLog implements EventLog {
  readonly #pools: pg.Pool[];
  readonly #appends: AppendBatcher;
  readonly #checks: RevisionChecks;
  readonly #reader: EventReader;
  readonly #scanner: EventReader;
  readonly #follower: LogFollower;
  #closed = false;

  /** Connects when it is first used. The database must have been migrated (migrator.ts). */
  constructor(url: string) {
    const lane = (name: string, poolMax: number, statementTimeoutMs?: number) =>
      openPool(url, {
        poolMax,
        statementTimeoutMs,
        applicationName: `fairseat log ${name}`,
        settings: SETTINGS,
      });
    const appendPool = lane('append', 1, WRITE_TIMEOUT_MS);
    const checkPool = lane('check', 1, WRITE_TIMEOUT_MS);
    const readPool = lane('read', READERS_MAX);
    const scanPool = lane('scan', SCANS_MAX);
    this.#pools = [appendPool, checkPool, readPool, scanPool];
    this.#reader = new EventReader(readPool);
    this.#scanner = new EventReader(scanPool);
    this.#follower = new LogFollower(this.#reader);
    this.#appends = new AppendBatcher(appendPool, (...commit) => this.#follower.committed(...commit));
    this.#checks = new RevisionChecks(checkPool);
  }

  async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<AppendResult> {
    if (this.#closed) throw new Fault('ShuttingDown', 'The event log is closed; nothing was written.');
    return events.length === 0
      ? this.#checks.check(stream, expectedRevision)
      : this.#appends.append(stream, expectedRevision, events);
  }

  readStream(stream: string, fromRevision: number, limit?: number): AsyncIterable<RecordedEvent[]> {
    return this.#reader.readStream(stream, fromRevision, limit);
  }

  readAll(after: number, limit: number, options?: ReadAllOptions): Promise<RecordedEvent[]> {
    return this.#scanner.readAll(after, limit, options);
  }

  lastPosition(): Promise<number> {
    return this.#reader.lastPosition();
  }

  subscribeAll(after: number, handle: HandleEvents, options: SubscribeOptions): Promise<void> {
    return this.#follower.follow(after, handle, options);
  }

  now(): Promise<number> {
    return this.#reader.now();
  }

  /** Lets appends that wait finish, ends subscriptions, and closes the connections. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([this.#appends.idle(), this.#checks.idle(), this.#follower.close()]);
    await Promise.all(this.#pools.map((pool) => pool.end()));
  }
}
