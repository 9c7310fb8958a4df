// States of shows in memory, least recently used ones forgotten: folded from batches while they are known, read from a
// snapshot and the rest of their stream when they are not. After a restart the first command of a show waits beside that.
import type { RecordedEvent } from '../../domain/event.ts';
import type { ShowAggregate, ShowState } from '../../domain/show/show.ts';
import { forgetEndedHolds } from '../../domain/show/state.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { PlanSource } from '../../ports/plan-source.ts';
import { endsWith, savedState, type SnapshotStore } from '../../ports/snapshot-store.ts';

const BYTES_MAX = 128 * 1024 * 1024;
/** Holds in a state before it is worth looking for ended ones; then at every doubling. */
const HOLDS_MIN = 500;

/** What is to be read of a stream: up to a revision, exclusive, and up to a position, inclusive. */
interface Missing {
  readonly before: number;
  readonly horizon: number;
}

export class ShowStates {
  readonly #log: EventLog;
  readonly #plans: PlanSource;
  readonly #show: ShowAggregate;
  readonly #snapshots: SnapshotStore | undefined;
  readonly #states = new Map<string, { readonly state: ShowState; bytes: number; sweepAt: number }>();
  #bytes = 0;

  constructor(log: EventLog, plans: PlanSource, show: ShowAggregate, snapshots?: SnapshotStore) {
    this.#log = log;
    this.#plans = plans;
    this.#show = show;
    this.#snapshots = snapshots;
  }

  has(stream: string): boolean {
    return this.#states.has(stream);
  }

  clear(): void {
    this.#states.clear();
    this.#bytes = 0;
  }

  /**
   * The state after `events`, which are of this stream, one after another; where some are missing before them, these are
   * read from the log, and all up to `horizon` where it lies further ahead.
   */
  async upTo(stream: string, events: readonly RecordedEvent[], horizon: number): Promise<ShowState> {
    const kept = this.#states.get(stream);
    let state = kept?.state ?? this.#show.initialState();
    this.#forget(stream); // it comes back when all went well
    if (events[0]!.revision > state.revision + 1) {
      const isAhead = horizon > events.at(-1)!.position;
      const missing: Missing = { before: isAhead ? Infinity : events[0]!.revision, horizon };
      if (kept) await this.#read(state, stream, missing);
      else state = await this.#fromLog(stream, missing);
    }
    await this.#applyAll(state, events, horizon);
    // Retries are not recognised here: what that takes is most of an old show's memory.
    state.commands.clear();
    let sweepAt = kept?.sweepAt ?? HOLDS_MIN;
    if (state.holds.size >= sweepAt) {
      forgetEndedHolds(state);
      sweepAt = Math.max(HOLDS_MIN, state.holds.size * 2);
    }
    this.#keep(stream, state, sweepAt);
    return state;
  }

  async #fromLog(stream: string, missing: Missing): Promise<ShowState> {
    const saved = await savedState(this.#show, stream, { snapshots: this.#snapshots, plans: this.#plans });
    if (typeof saved === 'object' && (await this.#read(saved, stream, missing))) return saved;
    const state = this.#show.initialState();
    await this.#read(state, stream, missing);
    return state;
  }

  /** From the state's own last event on; false: the stream does not have it, or not as early as `horizon`. */
  async #read(state: ShowState, stream: string, { before, horizon }: Missing): Promise<boolean> {
    let known = false;
    const from = Math.max(state.revision, 0);
    for await (const page of this.#log.readStream(stream, from, Math.max(1, before - from))) {
      if (!known && state.revision >= 0 && !endsWith(state, page[0]!)) return false;
      known ||= page[0]!.position <= horizon;
      await this.#applyAll(state, page, horizon);
      if (page.at(-1)!.position >= horizon) break;
    }
    return known;
  }

  async #applyAll(state: ShowState, events: readonly RecordedEvent[], horizon: number): Promise<void> {
    for (const event of events) {
      if (event.position > horizon) return;
      if (event.revision <= state.revision) continue;
      const planId = this.#show.needsPlan?.(event) ?? null;
      if (planId !== null && !this.#plans.get(planId)) await this.#plans.load(planId);
      this.#show.evolve(state, event);
    }
  }

  #keep(stream: string, state: ShowState, sweepAt: number): void {
    const bytes = this.#show.sizeOf(state);
    this.#states.set(stream, { state, bytes, sweepAt });
    this.#bytes += bytes;
    for (const oldest of this.#states.keys()) {
      if (this.#bytes <= BYTES_MAX || oldest === stream) return;
      this.#forget(oldest);
    }
  }

  #forget(stream: string): void {
    this.#bytes -= this.#states.get(stream)?.bytes ?? 0;
    this.#states.delete(stream);
  }
}
