// States of shows in memory, least recently used ones forgotten: folded from batches while they are known, read from a
// snapshot and the rest of their stream when they are not. After a restart the first command of a show waits beside that.
import type { RecordedEvent } from '../../domain/event.ts';
import type { ShowAggregate, ShowState } from '../../domain/show/show.ts';
import { forgetEndedHolds } from '../../domain/show/state.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { PlanSource } from '../../ports/plan-source.ts';
import { savedState, type SnapshotStore } from '../../ports/snapshot-store.ts';

const BYTES_MAX = 128 * 1024 * 1024;
/** Holds in a state before it is worth looking for ended ones; then at every doubling. */
const HOLDS_MIN = 500;

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

  /** The state after `events`, which are of this stream; read from the log as far as `horizon` where some are missing. */
  async upTo(stream: string, events: readonly RecordedEvent[], horizon: number): Promise<ShowState> {
    const kept = this.#states.get(stream);
    let state = kept?.state ?? this.#show.initialState();
    this.#forget(stream); // it comes back when all went well
    if (events[0]!.revision <= state.revision + 1) await this.#applyAll(state, events, horizon);
    else if (kept) await this.#read(state, stream, horizon);
    else state = await this.#fromLog(stream, horizon);
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

  async #fromLog(stream: string, horizon: number): Promise<ShowState> {
    const saved = await savedState(this.#show, stream, { snapshots: this.#snapshots, plans: this.#plans });
    if (typeof saved === 'object' && (await this.#read(saved, stream, horizon))) return saved;
    const state = this.#show.initialState();
    await this.#read(state, stream, horizon);
    return state;
  }

  /** From the state's own last event on; false: the stream does not have it, or not as early as `horizon`. */
  async #read(state: ShowState, stream: string, horizon: number): Promise<boolean> {
    let known = false;
    for await (const page of this.#log.readStream(stream, Math.max(state.revision, 0))) {
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
