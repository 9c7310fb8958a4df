// The command pipeline: every command and every exact read of an aggregate goes through here, to the one writer of its
// stream. It gives each command one verdict, after the commit; a command sent twice is done once.
import type { Aggregate, AggregateState } from '../domain/decider.ts';
import type { DomainEvent } from '../domain/event.ts';
import type { Ids, SteadyClock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { Fault } from '../ports/fault.ts';
import { noCommandMetrics, type CommandMetrics } from '../ports/metrics.ts';
import type { PlanSource } from '../ports/plan-source.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { CommandContext, Outcome } from './command.ts';
import { DEFAULT_LIMITS, type PipelineLimits } from './limits.ts';
import { StateCache } from './state-cache.ts';
import { StateLoader } from './state-loader.ts';
import { WorkItem, type Asked, type ReadResult } from './work-item.ts';
import { Writer, type AnyWriter, type WriterParts } from './writer.ts';
import { tooManyWait } from './writer-faults.ts';

export interface PipelineParts {
  readonly log: EventLog;
  readonly clock: SteadyClock;
  readonly ids: Ids;
  readonly plans: PlanSource;
  readonly snapshots?: SnapshotStore;
  readonly metrics?: CommandMetrics;
  /** Those not named are DEFAULT_LIMITS'. */
  readonly limits?: Partial<PipelineLimits>;
}

/** Levels, for gauges. */
export interface PipelineStats {
  readonly waiting: number;
  readonly busyWriters: number;
  readonly cachedStates: number;
  readonly cachedBytes: number;
}

export class CommandPipeline {
  readonly #cache: StateCache;
  readonly #writerParts: WriterParts;
  readonly #limits: PipelineLimits;
  readonly #clock: SteadyClock;
  #closing = false;
  #shed = 0;
  #drained: () => void = () => {};

  constructor({ log, clock, ids, plans, snapshots, metrics = noCommandMetrics, limits }: PipelineParts) {
    this.#clock = clock;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#cache = new StateCache(this.#limits);
    this.#writerParts = {
      log,
      clock,
      ids,
      metrics,
      limits: this.#limits,
      loader: new StateLoader({ log, plans, snapshots, metrics, limits: this.#limits }),
      queued: { count: 0 },
      onIdle: (writer) => this.#fellIdle(writer),
      onResized: (writer, bytes) => this.#cache.resize(writer, bytes),
    };
  }

  /**
   * Has a command decided and committed. `answer` is called right after the command's own decision, also for one that
   * was done before (`replayed`), and must copy what it gives from the state. Throws Faults (Overloaded,
   * DeadlineExceeded, EventLogUnavailable, AppendUnknown, ShuttingDown), never for a refusal.
   */
  execute<S extends AggregateState, C extends { readonly kind: string }, E extends DomainEvent, T>(
    aggregate: Aggregate<S, C, E>,
    id: string,
    command: C,
    context: CommandContext,
    answer: (state: S, nowMs: number) => T,
  ): Promise<Outcome<T>> {
    return this.#send<S, C, E, Outcome<T>>(aggregate, id, { command, context }, answer);
  }

  /**
   * Looks at a state as it is in the log at this moment, whichever process wrote last. Records nothing but what time has
   * made due before: what was told to have ended has.
   */
  read<S extends AggregateState, C extends { readonly kind: string }, E extends DomainEvent, T>(
    aggregate: Aggregate<S, C, E>,
    id: string,
    view: (state: S, nowMs: number) => T,
  ): Promise<ReadResult<T>> {
    return this.#send<S, C, E, ReadResult<T>>(aggregate, id, null, view);
  }

  /**
   * In how many seconds a command of this kind and without priority should come again, where it would be sent away now;
   * null: it has room. What is sent away here is counted, and costs no more than this look.
   */
  sheds(stream: string, kind: string): number | null {
    if (this.#hasRoom(this.#cache.get(stream), false)) return null;
    this.#writerParts.metrics.commandDone(kind, 'Overloaded');
    return this.#retryAfterS();
  }

  stats(): PipelineStats {
    return {
      waiting: this.#writerParts.queued.count,
      busyWriters: this.#cache.busyCount,
      cachedStates: this.#cache.size,
      cachedBytes: this.#cache.bytes,
    };
  }

  /** Takes nothing new, finishes what there is; what is not finished after `drainMaxMs` is given up. */
  async close(drainMaxMs: number): Promise<void> {
    this.#closing = true;
    if (this.#cache.busyCount === 0) return;
    const overdue = new AbortController();
    const drained = new Promise<void>((resolve) => (this.#drained = resolve));
    await Promise.race([drained, this.#clock.sleep(drainMaxMs, overdue.signal)]);
    overdue.abort();
    for (const writer of this.#cache.busy()) writer.abandon();
  }

  #send<S extends AggregateState, C extends { readonly kind: string }, E extends DomainEvent, R>(
    aggregate: Aggregate<S, C, E>,
    id: string,
    asked: Asked<C> | null,
    view: (state: S, nowMs: number) => unknown,
  ): Promise<R> {
    const stream = `${aggregate.name}-${id}`;
    const writer: AnyWriter = this.#cache.get(stream) ?? new Writer(stream, aggregate, this.#writerParts);
    const refusal = this.#refusal(writer, asked);
    if (refusal !== null) {
      if (asked !== null) this.#writerParts.metrics.commandDone(asked.command.kind, refusal.code);
      return Promise.reject(refusal);
    }
    if (!writer.running) this.#cache.markBusy(writer);
    return new Promise<R>((resolve, reject) => {
      writer.enqueue(new WorkItem(asked, view, resolve as never, reject));
    });
  }

  #refusal(writer: AnyWriter, asked: Asked<unknown> | null): Fault | null {
    if (this.#closing)
      return new Fault(
        'ShuttingDown',
        'The process is stopping and takes no more commands. Send it to another.',
      );
    const priority = asked?.context.priority === true;
    if (this.#hasRoom(writer, priority)) return null;
    const retryAfterS = this.#retryAfterS();
    return new Fault('Overloaded', tooManyWait(retryAfterS), { retryAfterS });
  }

  /** A stream without a writer has nobody waiting. */
  #hasRoom(writer: AnyWriter | undefined, priority: boolean): boolean {
    const { count } = this.#writerParts.queued;
    return (
      (writer === undefined || writer.hasRoom(priority)) && (priority || count < this.#limits.waitingMax)
    );
  }

  /** Those sent away come back spread over some seconds, not all at once. */
  #retryAfterS(): number {
    this.#shed += 1;
    return 1 + (this.#shed % 4);
  }

  #fellIdle(writer: AnyWriter): void {
    this.#cache.markIdle(writer);
    if (this.#cache.busyCount === 0) this.#drained();
  }
}
