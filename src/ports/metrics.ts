// What the command pipeline reports of itself as it works; levels (queues, cache) are asked of it instead, by
// `CommandPipeline.stats()`, when somebody looks.

export interface CommandMetrics {
  /** One verdict: `outcome` is `accepted`, `unchanged`, `replayed`, a rejection's or a fault's code, or `Error` for a bug. */
  commandDone(kind: string, outcome: string): void;
  /** One batch through the log: commands and reads in it, events written (0: a check), commands left waiting in its queue. */
  batchDone(items: number, events: number, appendMs: number, waiting: number): void;
  /** Another process had written first. */
  conflict(): void;
  /** An append ended without an answer; `resolved` when reading back told what became of it. */
  unknownOutcome(resolved: boolean): void;
  /** A state was loaded: how many events it took, and what became of its snapshot. */
  stateLoaded(events: number, snapshot: 'used' | 'ignored' | 'none'): void;
  snapshotSaved(ok: boolean): void;
}

/** Nobody looks. */
export const noCommandMetrics: CommandMetrics = {
  commandDone: () => {},
  batchDone: () => {},
  conflict: () => {},
  unknownOutcome: () => {},
  stateLoaded: () => {},
  snapshotSaved: () => {},
};
