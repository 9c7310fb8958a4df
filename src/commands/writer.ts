// The one writer of a stream in this process. It takes what is queued, or half of it, as a batch, decides it in arrival
// order against the state in memory, commits it with one append and only then answers; the next batch starts when the
// append returns.
import type { Aggregate, AggregateState } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { Ids, SteadyClock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { Fault } from '../ports/fault.ts';
import type { CommandMetrics } from '../ports/metrics.ts';
import { BatchDecision, lapseContext } from './batch-decision.ts';
import { ConflictRounds } from './conflict-rounds.ts';
import { Contention } from './contention.ts';
import { PRIORITY_FACTOR, type PipelineLimits } from './limits.ts';
import { settleAppend, type Settled } from './settled-append.ts';
import type { Loaded, Savepoint, StateLoader } from './state-loader.ts';
import { WorkItem } from './work-item.ts';
import { contended, outcomeUnknown, shuttingDown, unavailable } from './writer-faults.ts';

/** What all writers share. */
export interface WriterParts {
  readonly log: EventLog;
  readonly clock: SteadyClock;
  readonly ids: Ids;
  readonly loader: StateLoader;
  readonly metrics: CommandMetrics;
  readonly limits: PipelineLimits;
  /** Items waiting in all queues. */
  readonly queued: { count: number };
  readonly onIdle: (writer: AnyWriter) => void;
  readonly onResized: (writer: AnyWriter, bytes: number) => void;
}

// oxlint-disable-next-line typescript/no-explicit-any -- writers of all aggregates live in one cache
export type AnyWriter = Writer<any, any, any>;

/** Batches between two looks at a state's size. */
const RESIZE_EVERY_BATCHES = 64;
/** Bugs after which the rest of a batch is sent away: each one costs a rebuild of the state. */
const BUGS_PER_BATCH_MAX = 3;

export class Writer<S extends AggregateState, C extends { readonly kind: string }, E extends DomainEvent> {
  readonly stream: string;
  readonly #aggregate: Aggregate<S, C, E>;
  readonly #parts: WriterParts;
  #queue: WorkItem<S, C>[] = [];
  /** Items decided or being decided, not yet answered. */
  #inFlight: WorkItem<S, C>[] = [];
  #loaded: Loaded<S> | null = null;
  #savepoint: Savepoint | null = null;
  readonly #contention: Contention;
  #running = false;
  /** So many batches are of one command: among these is one whose events the log will not take. */
  #alone = 0;
  #batches = 0;
  /** Whether what the last batches wrote may have left something to do. */
  #unsettled = false;

  constructor(stream: string, aggregate: Aggregate<S, C, E>, parts: WriterParts) {
    this.stream = stream;
    this.#aggregate = aggregate;
    this.#parts = parts;
    this.#contention = new Contention(parts.clock);
  }

  /** Whether an idle writer is worth keeping: it has the state of a stream that exists. */
  get worthKeeping(): boolean {
    return this.#loaded !== null && this.#loaded.state.revision >= 0;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Whether the queue takes another item. */
  hasRoom(priority: boolean): boolean {
    const max = this.#parts.limits.queueSizeMax;
    return this.#queue.length < (priority ? max * PRIORITY_FACTOR : max);
  }

  enqueue(item: WorkItem<S, C>): void {
    this.#queue.push(item);
    this.#parts.queued.count += 1;
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  /** Gives up on everything not yet answered: the process is about to end. */
  abandon(): void {
    this.#fail(this.#take(this.#queue.length), shuttingDown());
    for (const item of this.#inFlight)
      item.fail(item.written ? outcomeUnknown() : shuttingDown(), this.#parts.metrics);
  }

  async #run(): Promise<void> {
    // Whatever is sent in this turn joins the first batch.
    await Promise.resolve();
    let answerable: WorkItem<S, C>[] = [];
    let [position, goingOn] = [-1, false];
    while (this.#queue.length > 0) {
      if (!goingOn && this.#contention.isOthersTurn) {
        for (const item of answerable) item.settle(position, this.#parts.metrics);
        this.#inFlight = answerable = [];
        await this.#contention.letOthersGoFirst(() => this.#refresh()).catch(() => (this.#loaded = null));
      }
      const batch = this.#take(this.#sizeOfNext(answerable.length));
      if (this.#alone > 0) this.#alone -= 1;
      // The next append is on its way before the callers of the last batch go on with their answers.
      const serving = this.#serve(batch);
      for (const item of answerable) item.settle(position, this.#parts.metrics);
      this.#inFlight = batch;
      position = await serving;
      answerable = batch;
      goingOn = this.#queue.length === 0 && this.#goOn();
    }
    for (const item of answerable) item.settle(position, this.#parts.metrics);
    this.#inFlight = [];
    this.#running = false;
    this.#parts.onIdle(this);
  }

  /**
   * Half of those who are here: while the log takes these, the others are answered and ask again. Were all in one batch, and
   * in the next only who came a moment earlier, the log and this thread would wait for each other in turn, and go on so.
   * After others had their turn all are here: those who would be left must wait for the next one.
   */
  #sizeOfNext(answering: number): number {
    if (this.#alone > 0) return 1;
    const { batchSizeMax, undividedMax } = this.#parts.limits;
    if (answering === 0 && this.#contention.expected) return batchSizeMax;
    const half = Math.ceil((this.#queue.length + answering) / 2);
    return Math.min(batchSizeMax, Math.max(undividedMax, half));
  }

  #take(count: number): WorkItem<S, C>[] {
    const all = count >= this.#queue.length;
    const taken = all ? this.#queue : this.#queue.splice(0, count);
    if (all) this.#queue = [];
    this.#parts.queued.count -= taken.length;
    return taken;
  }

  /** Decides and commits a batch; gives the position its items may be answered with. Items that cannot be have failed. */
  async #serve(batch: WorkItem<S, C>[]): Promise<number> {
    try {
      const rounds = new ConflictRounds(this.#parts.clock, this.#parts.limits);
      let bugs = 0;
      while (batch.some(({ done }) => !done)) {
        const fresh = this.#loaded === null || this.#contention.expected;
        if (fresh) await this.#refresh();
        const loaded = this.#loaded!;
        const expected = loaded.state.revision;
        const size = batch.length;
        const decision = this.#decide(batch, loaded.state);
        if (decision.broken) {
          this.#loaded = null;
          if ((bugs += 1) > BUGS_PER_BATCH_MAX) this.#fail(batch, contended());
          continue;
        }
        // A state read after the batch was taken needs no check.
        if (decision.events.length === 0 && fresh) return loaded.position;
        const settled = await this.#append(batch, expected, decision);
        if (settled.kind === 'committed') return this.#committed(loaded, settled.position, decision);
        if (decision.events.length > 0) this.#loaded = null;
        // Lapses alone had filled it: who found them is told what became of them.
        if (batch.length === 0) batch.push(...this.#take(size));
        if (settled.kind === 'failed') return this.#failed(batch, settled);
        if (settled.kind === 'broken') {
          if (this.#isolate(batch)) continue;
          this.#fail(batch, settled.cause);
          return -1;
        }
        this.#parts.metrics.conflict();
        this.#contention.met();
        rounds.lost();
        const over = batch.filter(({ priority }) => !rounds.goOn(priority));
        this.#fail(over, contended());
      }
    } catch (error) {
      this.#loaded = null;
      this.#fail(batch, error);
    }
    return -1;
  }

  async #refresh(): Promise<void> {
    const { loader } = this.#parts;
    if (this.#loaded === null) {
      this.#loaded = await loader.load(this.#aggregate, this.stream, this.#savepoint);
      this.#resize(this.#loaded.state);
      this.#saveIfDue(this.#loaded);
      if (!this.#contention.expected) return;
    }
    // Reading all of a long stream takes so long that a process with a warm state has written again meanwhile.
    const { revision } = this.#loaded.state;
    await loader.catchUp(this.#aggregate, this.stream, this.#loaded);
    if (this.#loaded.state.revision > revision) this.#contention.met();
    if (!this.#contention.expected) return;
    this.#savepoint = loader.savepoint(this.#aggregate, this.#loaded, this.#savepoint);
    this.#resize(this.#loaded.state);
  }

  /** What found no room in a full batch goes back to the head of the queue. */
  #decide(batch: WorkItem<S, C>[], state: S): BatchDecision<S, C, E> {
    const { clock, ids, metrics, limits } = this.#parts;
    const decision = new BatchDecision(this.#aggregate, state, {
      ids,
      metrics,
      eventsMax: limits.batchEventsMax,
      nowMs: clock.now(),
    });
    const turns = decision.decide(batch);
    if (!decision.broken) this.#putBack(batch, turns);
    return decision;
  }

  /** Leaves the first command of a batch and has each of the others decided and committed alone. */
  #isolate(batch: WorkItem<S, C>[]): boolean {
    if (batch.length === 1) return false;
    this.#alone = batch.length - 1;
    this.#putBack(batch, 1);
    return true;
  }

  #putBack(batch: WorkItem<S, C>[], from: number): void {
    if (from >= batch.length) return;
    const rest = batch.splice(from);
    this.#parts.queued.count += rest.length;
    this.#queue = rest.concat(this.#queue);
  }

  async #append(
    batch: WorkItem<S, C>[],
    expected: number,
    { events }: BatchDecision<S, C, E>,
  ): Promise<Settled> {
    const { log, clock, limits, metrics } = this.#parts;
    const startedMs = clock.steady();
    const settled = await settleAppend({ log, clock, metrics, limits }, this.stream, expected, events);
    const tookMs = clock.steady() - startedMs;
    metrics.batchDone(batch.length, events.length, tookMs, this.#queue.length);
    if (settled.kind === 'committed') this.#contention.wrote(tookMs);
    return settled;
  }

  #committed(loaded: Loaded<S>, position: number, decision: BatchDecision<S, C, E>): number {
    decision.committed();
    loaded.position = position;
    loaded.unsaved += decision.events.length;
    this.#batches += 1;
    if (this.#batches % RESIZE_EVERY_BATCHES === 0) this.#resize(loaded.state);
    this.#saveIfDue(loaded);
    if (decision.events.length > 0) this.#unsettled = true;
    return position;
  }

  /** What a batch has left to do, such as more offers than one decision makes, waits for nobody's question or turn. */
  #goOn(): boolean {
    if (!this.#unsettled || this.#loaded === null) return false;
    this.#unsettled = false;
    const command = this.#leftOver(this.#loaded.state);
    if (command === null) return false;
    const ignored = (): void => {}; // where it fails, the next command does it
    const order = { command, context: lapseContext(this.#parts.ids.uuid()) };
    this.enqueue(new WorkItem<S, C>(order, ignored, ignored, ignored));
    return true;
  }

  #leftOver(state: S): C | null {
    try {
      return this.#aggregate.due?.(state, state.lastAt, true) ?? null;
    } catch {
      // A bug in there meets whoever asks next, and they are told.
      return null;
    }
  }

  /** The outcome is unknown only to those that wanted something written. */
  #failed(batch: WorkItem<S, C>[], { unknown, cause }: Extract<Settled, { kind: 'failed' }>): number {
    const none = cause instanceof Fault && cause.outcome === 'none' ? cause : unavailable(cause);
    const written = unknown ? outcomeUnknown(cause) : none;
    for (const item of batch) item.fail(item.written ? written : none, this.#parts.metrics);
    return -1;
  }

  #fail(batch: WorkItem<S, C>[], error: unknown): void {
    for (const item of batch) item.fail(error, this.#parts.metrics);
  }

  /** Who writes alone again needs no savepoint. */
  #resize(state: S): void {
    if (!this.#contention.expected) this.#savepoint = null;
    this.#parts.onResized(this, this.#aggregate.sizeOf(state) * (this.#savepoint === null ? 1 : 2));
  }

  #saveIfDue(loaded: Loaded<S>): void {
    const { loader } = this.#parts;
    if (loader.saveDue(loaded, this.#queue.length > 0)) loader.save(this.#aggregate, this.stream, loaded);
  }
}
