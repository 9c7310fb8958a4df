// How far a worker has got in the log, kept over restarts.

export interface CheckpointStore {
  /** The position saved last under a name; 0 where there is none. */
  load(name: string): Promise<number>;
  /** Keeps the highest position: several processes may save under one name. */
  save(name: string, position: number): Promise<void>;
}
