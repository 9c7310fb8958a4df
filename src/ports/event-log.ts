// The event log: the one place where something is true. Every adapter keeps the same promises, kept by one contract
// suite: exact expected revisions under races, safe repetition of an append, and readers that never miss an event.
import type { NewEvent, RecordedEvent } from '../domain/event.ts';

/** Expected revision of a stream that must not exist. */
export const NO_STREAM = -1;

/**
 * `appended`: durable; revision and position are those of the last event. Appending the same event ids again at the same
 * expected revision is answered as it was the first time. `conflict`: nothing was written; `revision` is the stream's (−1: none).
 */
export type AppendResult =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: number }
  | { readonly kind: 'conflict'; readonly revision: number };

/** Only events of these types, and only of these streams. */
export interface EventFilter {
  readonly types?: readonly string[];
  readonly streams?: readonly string[];
}

export interface ReadAllOptions extends EventFilter {
  /** Fewer than `limit` where they are long, for memory to hold them, but one at least: only an empty answer is the end. */
  readonly fewerIfLong?: boolean;
}

export type HandleEvents = (events: RecordedEvent[]) => Promise<void> | void;

export interface SubscribeOptions {
  readonly signal: AbortSignal;
  readonly batchSizeMax?: number;
}

export interface EventLog {
  /**
   * Appends all events or none, if the stream's revision is exactly the expected one (−1: must not exist).
   * Without events it only checks: `conflict`, or `appended` with the revision and the position of the stream's last event
   * (−1 where there is none).
   * Any failure but a conflict throws a Fault: with `outcome: 'unknown'` the events may have been written.
   * An event that no log can keep (storable-event.ts) throws a TypeError before anything is sent.
   * One that this log's database refuses throws an Error that is no Fault: trying again is no use, and nothing was written.
   */
  append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<AppendResult>;
  /** Events of one stream from a revision on (inclusive), in order, in pages. An unknown stream is empty. */
  readStream(stream: string, fromRevision: number, limit?: number): AsyncIterable<RecordedEvent[]>;
  /** Events of all streams after a position (exclusive), in order, at most `limit`. */
  readAll(after: number, limit: number, options?: ReadAllOptions): Promise<RecordedEvent[]>;
  /** Position of the last event; 0 when there is none. */
  lastPosition(): Promise<number>;
  /**
   * Follows the whole log after a position until `signal` aborts: batches in order, each event exactly once while the
   * process lives; the next batch is given when the handler's promise resolves. A handler that throws ends it (the
   * returned promise rejects). Batches hold at most `batchSizeMax` events.
   */
  subscribeAll(after: number, handle: HandleEvents, options: SubscribeOptions): Promise<void>;
  /** The log's own clock, ms since 1970: a process more than 2 s away from it is not ready. */
  now(): Promise<number>;
  close(): Promise<void>;
}
