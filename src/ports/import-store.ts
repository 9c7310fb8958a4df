// What imports have done, kept so that it can be looked at again and a repeated request answered as the first was; and
// which process runs a scheduled feed, so that of several only one does.
import type { FeedRejected } from './feed-source.ts';

export interface ImportCounts {
  readonly events: number;
  readonly shows: number;
}

/**
 * What one import did. An event whose shows alone changed counts as unchanged; so does what an import that broke off, and
 * was done again under its id, had changed before. What it had made counts as created.
 */
export interface ImportResult {
  /** The import's command id. */
  readonly id: string;
  readonly source: string;
  readonly created: ImportCounts;
  readonly updated: ImportCounts;
  readonly unchanged: ImportCounts;
  readonly rejected: readonly FeedRejected[];
  /** A view that has reached it has seen all of the import. */
  readonly position: number;
}

export interface ImportStore {
  find(id: string): Promise<{ readonly requestHash: string; readonly result: ImportResult } | null>;
  /** Keeps the first result of an id; saving it again changes nothing. */
  save(requestHash: string, result: ImportResult): Promise<void>;
  /**
   * Runs `work` while nobody else, in this process or another, works under that name; waits for its turn.
   * Refuses (Fault Overloaded) when too many wait; `signal` ends the waiting for other processes, not the work.
   */
  exclusively<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Whether the caller is the one to run a feed that fell due at that time (ms); true for one caller only. */
  claimRun(feed: string, dueAtMs: number): Promise<boolean>;
}
