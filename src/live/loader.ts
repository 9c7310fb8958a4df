// Makes a show of its stream: whole, from a snapshot where there is one, or from its first event up to a moment of its past.
import type { RecordedEvent } from '../domain/event.ts';
import type { ShowAggregate, ShowState } from '../domain/show/show.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { PlanSource } from '../ports/plan-source.ts';
import { endsWith, savedState, type SnapshotStore } from '../ports/snapshot-store.ts';
import { LiveShow, type LiveShowParts } from './live-show.ts';

/**
 * As many of the latest deltas are known for a show that has just come into memory; fewer where a snapshot lies nearer: who
 * resumes from before it is given the whole map.
 */
const RECENT_MAX = 1_000;
/** Of a fold of the past, before everything else has its turn. */
const EVENTS_AT_ONCE = 500;

const streamOfShow = (showId: string): string => `show-${showId}`;

export interface ShowLoaderParts extends LiveShowParts {
  readonly log: EventLog;
  readonly plans: PlanSource;
  readonly snapshots?: SnapshotStore;
}

export class ShowLoader {
  readonly #parts: ShowLoaderParts;
  readonly #log: EventLog;
  readonly #aggregate: ShowAggregate;

  constructor(parts: ShowLoaderParts) {
    this.#parts = parts;
    this.#log = parts.log;
    this.#aggregate = parts.aggregate;
  }

  /** The show as it is now, with its latest deltas. null: there is no such show. */
  async open(showId: string): Promise<LiveShow | null> {
    const stream = streamOfShow(showId);
    const saved = await savedState(this.#aggregate, stream, this.#parts);
    let state = typeof saved === 'object' ? saved : this.#aggregate.initialState();
    let recent = await this.#advance(stream, state);
    if (recent === null && state.revision >= 0) {
      state = this.#aggregate.initialState();
      recent = await this.#advance(stream, state);
    }
    if (recent === null) return null;
    const show = new LiveShow(showId, state, this.#parts);
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
  async openUpTo(showId: string, upTo: (event: RecordedEvent) => boolean): Promise<LiveShow | null> {
    const state = this.#aggregate.initialState();
    await this.#fold(streamOfShow(showId), state, upTo);
    return state.exists ? new LiveShow(showId, state, this.#parts) : null;
  }

  /** To be awaited before an event is applied that names a plan; undefined: it names none, or one that is in memory. */
  planOf(event: RecordedEvent): Promise<unknown> | undefined {
    const { plans, aggregate } = this.#parts;
    const plan = aggregate.needsPlan?.(event);
    return plan == null || plans.get(plan) ? undefined : plans.load(plan);
  }

  /**
   * Applies all but the latest events, which it returns. It reads from the state's own last event on; null: the stream does
   * not have that one there, so that the state is of another history, or there is no such stream.
   */
  async #advance(stream: string, state: ShowState): Promise<RecordedEvent[] | null> {
    const { revision } = state;
    const recent: RecordedEvent[] = [];
    let known = false;
    for await (const page of this.#log.readStream(stream, Math.max(revision, 0))) {
      if (!known && revision >= 0 && !endsWith(state, page[0]!)) return null;
      known = true;
      recent.push(...page.filter((event) => event.revision > revision));
      for (const event of recent.splice(0, recent.length - RECENT_MAX)) {
        const loading = this.planOf(event);
        if (loading) await loading;
        this.#aggregate.evolve(state, event);
      }
    }
    return known ? recent : null;
  }

  async #apply(show: LiveShow, event: RecordedEvent): Promise<void> {
    await this.planOf(event);
    show.apply(event);
  }

  async #fold(stream: string, state: ShowState, upTo: (event: RecordedEvent) => boolean): Promise<void> {
    for await (const page of this.#log.readStream(stream, 0)) {
      for (const event of page) {
        if (!upTo(event)) return;
        const loading = this.planOf(event);
        if (loading) await loading;
        this.#aggregate.evolve(state, event);
        // Anybody may ask for the past, and decisions are made in this process: they have their turn in between.
        if (event.revision % EVENTS_AT_ONCE === 0) await new Promise(setImmediate);
      }
    }
  }
}
