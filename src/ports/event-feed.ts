// The event feed: every event of the log, published for those who follow in processes of their own. Events of one stream
// share a partition and keep their order there; an event may come more than once; between partitions there is no order.
import type { RecordedEvent } from '../domain/event.ts';

/** The offset after the last event, for each partition by its number. */
export type FeedOffsets = readonly number[];

export interface FeedPublisher {
  /** Where the partitions end. */
  readonly ends: FeedOffsets;
  /**
   * Publishes in the order given and resolves when the feed keeps all of them, with where the partitions end then.
   * A Fault says that some of them may be there: a publisher that has failed is closed, and another sends the same again.
   * One call at a time. `log` says which log they are of (`identityOf`); before it was told, nobody could know.
   */
  publish(events: readonly RecordedEvent[], log?: string): Promise<FeedOffsets>;
  close(): Promise<void>;
}

/** Events of one partition, in order; never none. */
export interface FeedBatch {
  readonly partition: number;
  /** Offset of the first record, and that after the last: `events` are what is between them and can be read. */
  readonly from: number;
  readonly next: number;
  readonly events: readonly RecordedEvent[];
  /** Which logs they say they are of. */
  readonly logs: ReadonlySet<string>;
  /** Whether the partition was taken away meanwhile: what is done with the batch then is for nothing. */
  readonly isStale: () => boolean;
}

export interface FeedConsumer {
  /** Consumers of one group share the partitions. */
  readonly group: string;
  /**
   * Partitions were given to this consumer; says for each the offset to begin at. `earliest`: what is before is no longer
   * in the feed. The feed's own book of offsets is never asked.
   */
  readonly begin: (
    partitions: readonly number[],
    earliest: ReadonlyMap<number, number>,
  ) => Promise<ReadonlyMap<number, number>>;
  /**
   * Gives the offset to go on from: `next`, or another to have it from there. One call a partition at a time, several
   * partitions at once. When it throws, the same comes again after a while.
   */
  readonly handle: (batch: FeedBatch) => Promise<number>;
  /** Something failed and is tried again, or was left out because it is no event. */
  readonly onProblem?: (error: unknown) => void;
}

export interface EventFeed {
  /** How many partitions there are; it never changes. */
  readonly partitions: number;
  openPublisher(): Promise<FeedPublisher>;
  /** Where the partitions end now; a Fault where they do not all answer. */
  ends(): Promise<FeedOffsets>;
  /** Consumes until the signal aborts; a batch that is being handled is finished. Rejects (Fault) when the feed is lost. */
  consume(consumer: FeedConsumer, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
