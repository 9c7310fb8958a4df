// What a projection is: tables, and how a batch of events changes them. Its rows are a pure function of the log, so that
// a rebuild is byte-equal with what grew live, wherever the batches were cut: no clock, no chance, no serial numbers.
import type { Kysely, Transaction } from 'kysely';
import type { RecordedEvent } from '../domain/event.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- projections and queries write SQL; rows are typed where they are read
export type Db = Kysely<any>;
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type Tx = Transaction<any>;

export const PROJECTION_NAMES = [
  'venues',
  'events',
  'shows',
  'availability',
  'holds',
  'bookings',
  'waitlist',
  'search',
] as const;
export type ProjectionName = (typeof PROJECTION_NAMES)[number];

/** Those whose rows rest on every event of a stream: none can be left out. */
export const FOLDED: ReadonlySet<ProjectionName> = new Set(['availability']);

export interface Handling {
  /** Bare table names mean those of the generation that is written: its schema leads the search path. */
  readonly tx: Tx;
  /** What else is read from the log must not be later than this position. */
  readonly horizon: number;
}

export interface Projection {
  readonly name: ProjectionName;
  /** Raised whenever the same events give other rows: a newer version is rebuilt beside the one that serves. */
  readonly version: number;
  /** Types of events that it handles; others only move its position. */
  readonly types: readonly string[];
  /** DDL of its tables, without schema. */
  readonly tables: string;
  /** `<name> on <table> …`: the indexes that handling does not need, made after the bulk of a rebuild. */
  readonly indexes: readonly string[];
  /** Tables that queries see, as `read.<table>`. */
  readonly exposes: readonly string[];
  /** Rows rest on events of several streams: partitions of a feed are then written one after another. */
  readonly acrossStreams?: boolean;
  /**
   * Events of a stream in their order, each one once; those of several streams in any order between them, for a feed has
   * none: the rows must not depend on it. Throwing undoes the batch.
   */
  handle(events: readonly RecordedEvent[], handling: Handling): Promise<void>;
  /** The last batch was undone: forget what was kept in memory. */
  reset?(): void;
}

/** Which generation of which projection. */
export interface GenerationId {
  readonly name: string;
  readonly generation: number;
}

/** A generation of a projection, and how far it has come. */
export interface Checkpoint extends GenerationId {
  readonly position: number;
}

/** Everything up to `upTo` that concerns a projection. */
export interface Batch {
  readonly events: readonly RecordedEvent[];
  readonly upTo: number;
}

/** Moves how far a projection has come, inside the transaction of its rows; says which events are still to be handled. */
export type Move = (tx: Tx) => Promise<(event: RecordedEvent) => boolean>;

export const schemaOf = ({ name, generation }: GenerationId): string => `${name}_g${generation}`;
