// How events come to the projections of a process: straight from the log, or through the partitions of a feed. A profile
// chooses; what is done with them is the same.
import type { RunnerPorts } from './runner.ts';
import type { Projection } from './projection.ts';

export interface ViewLag {
  readonly name: string;
  /** Events that are known of and not in the view. */
  readonly events: number;
  /** For how long it has been behind. */
  readonly seconds: number;
}

export interface ViewFeed {
  /** Feeds the projections until the signal aborts, and finishes what is begun. Resolves when it has begun. */
  start(
    projections: readonly Projection[],
    signal: AbortSignal,
  ): Promise<{ readonly ended: Promise<unknown> }>;
  lag(): readonly ViewLag[];
  /** Why nothing more is taken or comes, mostly until a start with other settings. */
  refusal(): string | null;
}

export type MakeViewFeed = (ports: RunnerPorts) => ViewFeed;
