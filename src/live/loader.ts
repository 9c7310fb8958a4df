// Folds the stream of one show: whole, from a snapshot where there is one, or from its first event up to a moment of its past.
import type { RecordedEvent } from '../domain/event.ts';
import type { ShowAggregate, ShowState } from '../domain/show/show.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { PlanSource } from '../ports/plan-source.ts';
import { savedState, type SnapshotStore } from '../ports/snapshot-store.ts';
import type { LiveShow } from './live-show.ts';

/**
 * As many of the latest deltas are known for a show that has just come into memory; fewer where a snapshot lies nearer: who
 * resumes from before it is given the whole map.
 */
const RECENT_MAX = 1_000;
/** Of a fold of the past, before everything else has its turn. */
const EVENTS_AT_ONCE = 500;

const streamOfShow = (showId: string): string => `show-${showId}`;

export class ShowLoader {
  readonly #log: EventLog;
  readonly #plans: PlanSource;
  readonly #aggregate: ShowAggregate;
  readonly #snapshots: SnapshotStore | undefined;

  constructor(parts: {
    log: EventLog;
    plans: PlanSource;
    aggregate: ShowAggregate;
    snapshots?: SnapshotStore;
  }) {
    this.#log = parts.log;
    this.#plans = parts.plans;
    this.#aggregate = parts.aggregate;
    this.#snapshots = parts.snapshots;
  }

  /**
   * The show as it is now; `begin` is given its state of some events ago, and the rest is applied to what it returns, so
   * that the latest deltas are known from the start. null: there is no such show.
   */
  async open(showId: string, begin: (state: ShowState) => LiveShow): Promise<LiveShow | null> {
    const stream = streamOfShow(showId);
    const saved = await savedState(this.#aggregate, stream, {
      snapshots: this.#snapshots,
      plans: this.#plans,
    });
    let state = typeof saved === 'object' ? saved : this.#aggregate.initialState();
    let recent = await this.#advance(stream, state);
    if (recent === null && state.revision >= 0) {
      state = this.#aggregate.initialState();
      recent = await this.#advance(stream, state);
    }
    if (recent === null) return null;
    const show = begin(state);
    for (const event of recent) await this.#apply(show, event);
    return show;
  }

  /** Applies what has been added to the show's stream meanwhile. */
  async catchUp(show: LiveShow): Promise<LiveShow> {
    for await (const page of this.#log.readStream(streamOfShow(show.id), show.revision + 1)) {
      for (const event of page) await this.#apply(show, event);
    }
    return show;
  }

  /** The show after the last event that `upTo` lets in; null: not even its first. */
  loadUpTo(showId: string, upTo: (event: RecordedEvent) => boolean): Promise<ShowState | null> {
    return this.#fold(streamOfShow(showId), this.#aggregate.initialState(), upTo);
  }

  /** Whether an event names a plan that is not in memory; then `ready` is to be awaited before the event is applied. */
  wants(event: RecordedEvent): boolean {
    const plan = this.#aggregate.needsPlan?.(event);
    return plan != null && !this.#plans.get(plan);
  }

  async ready(event: RecordedEvent): Promise<void> {
    const plan = this.#aggregate.needsPlan?.(event);
    if (plan) await this.#plans.load(plan);
  }

  /**
   * Applies all but the latest events, which it returns. It reads from the state's own last event on; null: the stream does
   * not have that one, so that the state is of another history, or there is no such stream.
   */
  async #advance(stream: string, state: ShowState): Promise<RecordedEvent[] | null> {
    const { revision } = state;
    const recent: RecordedEvent[] = [];
    let known = false;
    for await (const page of this.#log.readStream(stream, Math.max(revision, 0))) {
      known ||= page.length > 0;
      recent.push(...page.filter((event) => event.revision > revision));
      for (const event of recent.splice(0, recent.length - RECENT_MAX)) {
        if (this.wants(event)) await this.ready(event);
        this.#aggregate.evolve(state, event);
      }
    }
    return known ? recent : null;
  }

  async #apply(show: LiveShow, event: RecordedEvent): Promise<void> {
    if (this.wants(event)) await this.ready(event);
    show.apply(event);
  }

  async #fold(
    stream: string,
    state: ShowState,
    upTo: (event: RecordedEvent) => boolean,
  ): Promise<ShowState | null> {
    for await (const page of this.#log.readStream(stream, state.revision + 1)) {
      for (const event of page) {
        if (!upTo(event)) return state.exists ? state : null;
        if (this.wants(event)) await this.ready(event);
        this.#aggregate.evolve(state, event);
        // Anybody may ask for the past, and decisions are made in this process: they have their turn in between.
        if (event.revision % EVENTS_AT_ONCE === 0) await new Promise(setImmediate);
      }
    }
    return state.exists ? state : null;
  }
}
