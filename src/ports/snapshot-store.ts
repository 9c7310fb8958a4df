// Saved states beside their streams: an optional short cut for loading, never trusted over the events.

export interface Snapshot {
  /** Revision of the last event in the state. */
  readonly revision: number;
  /** Version of the state's shape; another one is ignored. */
  readonly version: number;
  readonly state: unknown;
}

export interface SnapshotStore {
  load(stream: string): Promise<Snapshot | null>;
  /** Keeps the newest by revision; may be lost without harm. */
  save(stream: string, snapshot: Snapshot): Promise<void>;
}
