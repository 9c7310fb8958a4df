// How events come to the projections of a process: straight from the log, or through the partitions of a feed. A profile
// chooses; what is done with them is the same.
import type { SteadyClock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { ParkedStream } from './parking.ts';
import type { Positions } from './positions.ts';
import type { Db, Projection } from './projection.ts';

export interface ViewFeedPorts {
  readonly db: Db;
  readonly log: EventLog;
  readonly clock: SteadyClock;
  readonly positions: Positions;
  /** Whether the process has its hands full: views then stand back for a while. */
  readonly isPressed?: () => boolean;
  /** Something failed and will be tried again; `projection` is `feed` for the reading of the log. */
  readonly onProblem?: (projection: string, error: unknown) => void;
  readonly onParked?: (parked: ParkedStream) => void;
  /** A newer program has made a view and feeds it, so that this process does not; told once for each time. */
  readonly onTakenOver?: (projection: string) => void;
}

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

export type MakeViewFeed = (ports: ViewFeedPorts) => ViewFeed;
