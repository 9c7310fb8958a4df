// Every bound of the command pipeline by name. Settings may change some; tests make them small.

export interface PipelineLimits {
  /** Commands and reads waiting for one stream; commands with priority may wait up to PRIORITY_FACTOR times as many. */
  readonly queueSizeMax: number;
  /** Commands and reads waiting in the whole process. */
  readonly waitingMax: number;
  /** Commands and reads decided together and committed by one append. */
  readonly batchSizeMax: number;
  /** A batch is half of those who wait or are being answered, but not fewer than so many of those who wait. */
  readonly undividedMax: number;
  /**
   * A batch takes no further command once it has this many events. A lapse with who and when takes 450 to 500 bytes, so that so
   * many are about 1 MB: what a node of EventStoreDB takes in one append unless it is told otherwise.
   */
  readonly batchEventsMax: number;
  /**
   * How often one batch is decided again because another process wrote first, and for how long from the first conflict. Others
   * give this one a turn (contention.ts), so few are needed.
   * Commands with priority go on for PRIORITY_FACTOR times as long, however often they lose.
   */
  readonly conflictRetriesMax: number;
  readonly conflictRetriesWithinMs: number;
  /** How often an append without an answer is looked for, with growing pauses, and for how long. */
  readonly settleAttemptsMax: number;
  readonly settleWithinMs: number;
  readonly stateCacheBytesMax: number;
  readonly cachedStatesMax: number;
  /** A state is saved beside its stream when loading it took more events than this, and again after as many. */
  readonly snapshotAfterEvents: number;
  /** Snapshots being saved at one time. */
  readonly snapshotSavesMax: number;
}

/** "Never shed" still needs an end. */
export const PRIORITY_FACTOR = 4;

export const DEFAULT_LIMITS: PipelineLimits = {
  queueSizeMax: 20_000,
  waitingMax: 40_000,
  batchSizeMax: 256,
  undividedMax: 16,
  batchEventsMax: 2_000,
  conflictRetriesMax: 200,
  conflictRetriesWithinMs: 5_000,
  settleAttemptsMax: 6,
  settleWithinMs: 10_000,
  stateCacheBytesMax: 512 * 1024 * 1024,
  cachedStatesMax: 20_000,
  snapshotAfterEvents: 50_000,
  snapshotSavesMax: 2,
};
