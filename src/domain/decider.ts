// The one shape of every aggregate: an initial state, how an event changes it, and how a command is decided.
// States are changed in place: only the writer of a stream owns its state, and throws it away when an append fails.
import type { DomainEvent, EventMetadata } from './event.ts';
import type { Rejection } from './rejection.ts';

/** What every aggregate's state keeps, so that the command pipeline can treat all of them alike. */
export interface AggregateState {
  /** Revision of the last event applied; -1 before the first. */
  revision: number;
  /** Time of the last event applied, ms since 1970; 0 before the first. Time never runs backwards inside a stream. */
  lastAt: number;
  /** commandId -> requestHash of every command that left an event here: what makes a retry safe without a table. */
  readonly commands: Map<string, string>;
}

/** What evolve sees of an event: also while it is only decided and not yet stored. */
export interface StatedEvent {
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Pick<EventMetadata, 'commandId' | 'requestHash' | 'at'>;
}

/** `events` empty means "already so". */
export type Decision<E extends DomainEvent> =
  { readonly accepted: readonly E[] } | { readonly rejected: Rejection };

export const accept = <E extends DomainEvent>(events: readonly E[]): Decision<E> => ({ accepted: events });
export const reject = (rejected: Rejection): Decision<never> => ({ rejected });

/** An aggregate as the command pipeline runs it. */
export interface Aggregate<S extends AggregateState, C, E extends DomainEvent> {
  /** Stream ids are `<name>-<uuid>`. */
  readonly name: 'show' | 'event' | 'venue' | 'seating-plan';
  initialState(): S;
  /** Applies one event in place; cannot fail. Sets revision, lastAt and commands too. */
  evolve(state: S, event: StatedEvent): void;
  /**
   * Decides at `metadata.at` (already the later of the command's time and the state's). Each accepted event has been
   * applied to the state when this returns; a rejected command leaves the state untouched.
   */
  decide(state: S, command: C, metadata: StatedEvent['metadata']): Decision<E>;
  /**
   * A command that time itself has made due (lapsed holds) and that is decided before any other, as its own command.
   * `thorough`: looks at everything, however long that takes; asked once when nothing else waits.
   */
  due?(state: S, nowMs: number, thorough?: boolean): C | null;
  /** Id of the seating plan that must be in memory before `evolve` is given this event. */
  needsPlan?(event: StatedEvent): string | null;
  /** How a state is kept beside its stream; a snapshot of another version is ignored. */
  readonly snapshot?: {
    readonly version: number;
    save(state: S): unknown;
    load(saved: unknown): S;
    planIds(saved: unknown): string[];
  };
  /** Memory of a state in bytes, roughly; bounds the cache. */
  sizeOf(state: S): number;
}

/** A money amount in integer minor units. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

export { toIso, toMs } from './time.ts';
