// One batch being decided: each command in arrival order against the state that the ones before it left, so that the
// second sees what the first took. Nothing here waits for anything; the commit comes after.
import { toIso, type Aggregate, type AggregateState } from '../domain/decider.ts';
import type { AlreadySo, DomainEvent, EventMetadata, NewEvent } from '../domain/event.ts';
import { keyReused } from '../domain/rejection.ts';
import { Fault } from '../ports/fault.ts';
import type { Ids } from '../ports/clock.ts';
import type { CommandMetrics } from '../ports/metrics.ts';
import type { CommandContext } from './command.ts';
import type { Asked, WorkItem } from './work-item.ts';

const NOTHING = { changed: false, replayed: false, written: false };

/** Of what time alone has done; `cause`: the command that found it due. */
export const lapseContext = (commandId: string, cause: CommandContext | null = null): CommandContext => ({
  commandId,
  requestHash: '',
  actor: 'system:lapse',
  correlationId: cause?.correlationId ?? commandId,
  causationId: cause?.commandId ?? commandId,
  ...(cause?.traceparent !== undefined && { traceparent: cause.traceparent }),
});

interface Parts {
  readonly ids: Ids;
  readonly metrics: CommandMetrics;
  readonly eventsMax: number;
  /** The clock when the batch was taken; one time for all of it. */
  readonly nowMs: number;
}

export class BatchDecision<
  S extends AggregateState,
  C extends { readonly kind: string },
  E extends DomainEvent,
> {
  /** In the order of the decisions; already applied to the state. */
  readonly events: NewEvent[] = [];
  /** A decision threw: the state can no longer be trusted. */
  broken = false;
  readonly #aggregate: Aggregate<S, C, E>;
  readonly #state: S;
  readonly #parts: Parts;
  /** Of the commands by which what was due is recorded. */
  readonly #dueKinds: string[] = [];
  #at = '';
  #atMs = -1;

  constructor(aggregate: Aggregate<S, C, E>, state: S, parts: Parts) {
    this.#aggregate = aggregate;
    this.#state = state;
    this.#parts = parts;
  }

  /** Decides the items in order; returns how many had their turn before the batch was full, or broke. */
  decide(items: readonly WorkItem<S, C>[]): number {
    for (let i = 0; i < items.length; i += 1) {
      const item = items[i]!;
      if (item.done) continue;
      if (this.events.length >= this.#parts.eventsMax) return i;
      try {
        const had = item.asked === null ? this.#look(item) : this.#decideCommand(item, item.asked);
        if (!had) return i;
      } catch (error) {
        item.fail(error, this.#parts.metrics);
        this.broken = true;
        return i;
      }
    }
    return items.length;
  }

  /** To be told once its events are in the log: nobody waits for a lapse, so it is counted here. */
  committed(): void {
    for (const kind of this.#dueKinds) this.#parts.metrics.commandDone(kind, 'accepted');
  }

  /** False: as below. What a reader is told has ended is on record, so that no process with a slower clock takes it back. */
  #look(item: WorkItem<S, C>): boolean {
    if (!this.#recordLapses(null)) return false;
    try {
      this.#answer(item, NOTHING);
    } catch (error) {
      // A look changes nothing, so its bug harms nobody else.
      item.fail(error, this.#parts.metrics);
    }
    return true;
  }

  /** False: lapses alone have filled the batch, the command has its turn in the next. */
  #decideCommand(item: WorkItem<S, C>, asked: Asked<C>): boolean {
    const { context, command } = asked;
    if (context.deadlineMs !== undefined && this.#parts.nowMs > context.deadlineMs) {
      item.fail(deadlineExceeded(), this.#parts.metrics);
      return true;
    }
    if (!this.#recordLapses(context)) return false;
    const state = this.#state;
    const knownHash = state.commands.get(context.commandId);
    if (knownHash === context.requestHash)
      this.#answer(item, { changed: false, replayed: true, written: this.#hasEventsOf(context.commandId) });
    else if (knownHash !== undefined) item.refused(keyReused());
    else {
      const decision = this.#decideOne(command, this.#metadata(context));
      if ('rejected' in decision) {
        item.refused(decision.rejected);
        return true;
      }
      const changed = decision.accepted.length > 0;
      const alreadySo = !changed && context.keyed === true;
      if (alreadySo) this.#recordAlreadySo(command, this.#metadata(context));
      this.#answer(item, { changed, replayed: false, written: changed || alreadySo });
    }
    return true;
  }

  /** What time has made due comes first, as commands of their own, so that the command itself may still be refused. */
  #recordLapses(cause: CommandContext | null): boolean {
    for (;;) {
      const command = this.#aggregate.due?.(this.#state, this.#now()) ?? null;
      if (command === null) return true;
      if (this.events.length >= this.#parts.eventsMax) return false;
      const lapse = lapseContext(this.#parts.ids.uuid(), cause);
      const decision = this.#decideOne(command, this.#metadata(lapse));
      if ('rejected' in decision || decision.accepted.length === 0) return true;
      this.#dueKinds.push(command.kind);
    }
  }

  #recordAlreadySo({ kind }: C, metadata: EventMetadata): void {
    const event: AlreadySo = { type: 'AlreadySo', data: { command: kind } };
    this.#aggregate.evolve(this.#state, { ...event, metadata });
    this.events.push({ ...event, id: this.#parts.ids.uuid(), metadata });
  }

  #decideOne(command: C, metadata: EventMetadata) {
    const decision = this.#aggregate.decide(this.#state, command, metadata);
    if ('accepted' in decision) {
      for (const { type, data } of decision.accepted) {
        this.events.push({ id: this.#parts.ids.uuid(), type, data, metadata });
      }
    }
    return decision;
  }

  #hasEventsOf(commandId: string): boolean {
    return this.events.some(({ metadata }) => metadata.commandId === commandId);
  }

  #answer(
    item: WorkItem<S, C>,
    what: { readonly changed: boolean; readonly replayed: boolean; readonly written: boolean },
  ): void {
    item.answered(item.view(this.#state, this.#now()), this.#state.revision, what);
  }

  /** Time never runs backwards inside a stream. */
  #now(): number {
    return Math.max(this.#parts.nowMs, this.#state.lastAt);
  }

  #metadata(context: CommandContext): EventMetadata {
    const nowMs = this.#now();
    if (nowMs !== this.#atMs) {
      this.#atMs = nowMs;
      this.#at = toIso(nowMs);
    }
    const { commandId, requestHash, actor, correlationId, causationId = commandId, traceparent } = context;
    const metadata = { commandId, requestHash, actor, correlationId, causationId, at: this.#at };
    return traceparent === undefined ? metadata : { ...metadata, traceparent };
  }
}

const deadlineExceeded = (): Fault =>
  new Fault(
    'DeadlineExceeded',
    'The command waited past its deadline and was not done. Send it again with the same Idempotency-Key.',
  );
