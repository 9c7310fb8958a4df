// How far the log has been published, under the token of a lease: a relay that lost its lease cannot move it any more.
import type { FeedOffsets } from './event-feed.ts';

export interface RelayProgress {
  /** Every event up to it is in the feed. */
  readonly position: number;
  /** All of them lie before these offsets; empty where nothing was ever published. */
  readonly offsets: FeedOffsets;
}

export interface RelayProgressStore {
  load(): Promise<RelayProgress>;
  /** Shuts out everybody with a smaller token, from now on; null: this one is shut out itself. */
  claim(token: number): Promise<RelayProgress | null>;
  /** False, and nothing is written: another has claimed it. */
  save(token: number, progress: RelayProgress): Promise<boolean>;
}
