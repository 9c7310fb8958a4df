// Saved states beside their streams: an optional short cut for loading, never trusted over the events.
import { toMs, type Aggregate, type AggregateState } from '../domain/decider.ts';
import type { DomainEvent, RecordedEvent } from '../domain/event.ts';
import type { PlanSource } from './plan-source.ts';

export interface Snapshot {
  /** Revision of the last event in the state. */
  readonly revision: number;
  /** Version of the state's shape; another one is ignored. */
  readonly version: number;
  readonly state: unknown;
}

export interface SnapshotStore {
  /** What it gives is not to be changed: others may have been given the same. */
  load(stream: string): Promise<Snapshot | null>;
  /** Keeps the newest by revision; may be lost without harm. */
  save(stream: string, snapshot: Snapshot): Promise<void>;
}

/**
 * A stream's state as it was saved, `none` where nothing is, `ignored` where that is of no use, whatever is wrong with it or
 * with the store. Whether the stream has the event that it ends with is for its caller to see (`endsWith`).
 */
export async function savedState<S extends AggregateState, C, E extends DomainEvent>(
  { snapshot: shape }: Aggregate<S, C, E>,
  stream: string,
  { snapshots, plans }: { readonly snapshots?: SnapshotStore | undefined; readonly plans: PlanSource },
): Promise<S | 'ignored' | 'none'> {
  if (snapshots === undefined || shape === undefined) return 'none';
  try {
    const saved = await snapshots.load(stream);
    if (saved === null) return 'none';
    if (saved.version !== shape.version) return 'ignored';
    await Promise.all(shape.planIds(saved.state).map((id) => plans.load(id)));
    const state = shape.load(saved.state);
    return state.revision === saved.revision ? state : 'ignored';
  } catch {
    return 'ignored';
  }
}

/** Whether an event is the last one in a state; if another stands at its revision, the state is of another history. */
export const endsWith = ({ revision, lastAt }: AggregateState, event: RecordedEvent): boolean =>
  event.revision === revision && toMs(event.metadata.at) === lastAt;
