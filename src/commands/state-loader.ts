// Builds a state from its stream: from the first event, or for a long stream from a snapshot and what came after it; and
// saves snapshots in the background. A snapshot is only a short cut: whatever is wrong with it, the events decide.
import type { Aggregate, AggregateState } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { CommandMetrics } from '../ports/metrics.ts';
import type { PlanSource } from '../ports/plan-source.ts';
import { endsWith, savedState, type Snapshot, type SnapshotStore } from '../ports/snapshot-store.ts';
import type { PipelineLimits } from './limits.ts';

/** A state as the log has it. */
export interface Loaded<S> {
  readonly state: S;
  /** Of the stream's last event; −1 where there is none. */
  position: number;
  /** Events applied since it was loaded from, or saved as, a snapshot. */
  unsaved: number;
}

/** A copy of a state as the log had it, kept in memory. */
export interface Savepoint extends Snapshot {
  readonly unsaved: number;
}

interface Parts {
  readonly log: EventLog;
  readonly plans: PlanSource;
  readonly snapshots: SnapshotStore | undefined;
  readonly metrics: CommandMetrics;
  readonly limits: PipelineLimits;
}

/**
 * Saving serialises the whole state in one go (measured: 2 ms for 1,000 holds), so a long stream is saved only when it has
 * grown by this part, and rather in a pause than in a rush.
 */
const SAVE_AFTER_PART = 1 / 4;
const BUSY_FACTOR = 4;
/** A savepoint is made anew when so many events, or such a part of a long stream, came since: reading them takes as long. */
const SAVEPOINT_AFTER_EVENTS = 500;
const SAVEPOINT_AFTER_PART = 1 / 16;
/** So many events are read before a snapshot is asked for: most streams have fewer, and then one question is enough. */
const SHORT_STREAM_EVENTS = 500;

export class StateLoader {
  readonly #parts: Parts;
  #saving = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * The state of a stream as it is now, from a savepoint where that is of use; the initial one where there is no such stream.
   * Throws the log's Faults.
   */
  async load<S extends AggregateState, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: string,
    savepoint: Savepoint | null = null,
  ): Promise<Loaded<S>> {
    const { metrics, limits, snapshots } = this.#parts;
    if (savepoint !== null) {
      const shelf = { load: async () => savepoint, save: async () => {} };
      const restored = await this.#fromSnapshot(aggregate, stream, shelf);
      if (typeof restored === 'object') {
        metrics.stateLoaded(restored.unsaved, 'used');
        restored.unsaved += savepoint.unsaved;
        return restored;
      }
    }
    const loaded: Loaded<S> = { state: aggregate.initialState(), position: -1, unsaved: 0 };
    const short = Math.min(SHORT_STREAM_EVENTS, limits.snapshotAfterEvents);
    await this.#apply(aggregate, stream, loaded, 0, short);
    if (loaded.unsaved < short) {
      metrics.stateLoaded(loaded.unsaved, 'none');
      return loaded;
    }
    const found = await this.#fromSnapshot(aggregate, stream, snapshots);
    if (typeof found === 'object') {
      metrics.stateLoaded(found.unsaved, 'used');
      return found;
    }
    await this.catchUp(aggregate, stream, loaded);
    metrics.stateLoaded(loaded.unsaved, found);
    return loaded;
  }

  /** Of a state that has nothing but what is in the log; the one before where that will do, null where there can be none. */
  savepoint<S extends AggregateState, C, E extends DomainEvent>(
    { snapshot }: Aggregate<S, C, E>,
    { state, unsaved }: Loaded<S>,
    before: Savepoint | null,
  ): Savepoint | null {
    if (snapshot === undefined || state.revision < 0) return null;
    const { revision } = state;
    const enough = Math.max(SAVEPOINT_AFTER_EVENTS, revision * SAVEPOINT_AFTER_PART);
    const since = before === null ? enough : revision - before.revision;
    if (since >= 0 && since < enough) return before;
    return { revision, version: snapshot.version, state: snapshot.save(state), unsaved };
  }

  /** Applies what has been written since; cheap when that is nothing. */
  catchUp<S extends AggregateState, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: string,
    loaded: Loaded<S>,
  ): Promise<void> {
    return this.#apply(aggregate, stream, loaded, loaded.state.revision + 1);
  }

  /** Whether it is time to save; while commands wait, one holds off. */
  saveDue(loaded: Loaded<AggregateState>, busy: boolean): boolean {
    const after = Math.max(this.#parts.limits.snapshotAfterEvents, loaded.state.revision * SAVE_AFTER_PART);
    return loaded.unsaved > (busy ? after * BUSY_FACTOR : after);
  }

  /** Saves in the background; a failure is counted and costs nothing but time at the next load. */
  save<S extends AggregateState, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: string,
    loaded: Loaded<S>,
  ): void {
    const { snapshots, metrics, limits } = this.#parts;
    if (
      snapshots === undefined ||
      aggregate.snapshot === undefined ||
      this.#saving >= limits.snapshotSavesMax
    )
      return;
    const { version } = aggregate.snapshot;
    const { revision } = loaded.state;
    loaded.unsaved = 0;
    this.#saving += 1;
    // The state goes on changing after this turn: the store serialises what it is given before it first waits.
    const saving = (async () =>
      snapshots.save(stream, { revision, version, state: aggregate.snapshot!.save(loaded.state) }))();
    void saving
      .then(
        () => metrics.snapshotSaved(true),
        () => metrics.snapshotSaved(false),
      )
      .finally(() => (this.#saving -= 1));
  }

  /** `ignored`: there is one but it cannot be used. */
  async #fromSnapshot<S extends AggregateState, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: string,
    snapshots: SnapshotStore | undefined,
  ): Promise<Loaded<S> | 'ignored' | 'none'> {
    const { plans } = this.#parts;
    const state = await savedState(aggregate, stream, { snapshots, plans });
    if (typeof state === 'string') return state;
    const loaded: Loaded<S> = { state, position: -1, unsaved: 0 };
    // From the snapshot's own last event on: if the stream does not have it, the snapshot is of another history.
    await this.#apply(aggregate, stream, loaded, state.revision);
    return loaded.position === -1 ? 'ignored' : loaded;
  }

  async #apply<S extends AggregateState, C, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    stream: string,
    loaded: Loaded<S>,
    fromRevision: number,
    limit?: number,
  ): Promise<void> {
    const { state } = loaded;
    for await (const page of this.#parts.log.readStream(stream, fromRevision, limit)) {
      for (const event of page) {
        if (event.revision <= state.revision && !endsWith(state, event)) return;
        loaded.position = event.position;
        if (event.revision <= state.revision) continue;
        const planId = aggregate.needsPlan?.(event) ?? null;
        if (planId !== null) await this.#plan(planId, stream);
        aggregate.evolve(state, event);
        if (state.revision !== event.revision) {
          throw new Error(
            `Stream ${stream}: after event ${event.revision} its state says revision ${state.revision}.`,
          );
        }
        loaded.unsaved += 1;
      }
    }
  }

  async #plan(id: string, stream: string): Promise<void> {
    const { plans } = this.#parts;
    if (plans.get(id) !== undefined || (await plans.load(id)) !== undefined) return;
    throw new Error(`Stream ${stream} names the seating plan ${id}, which is not in the log.`);
  }
}
