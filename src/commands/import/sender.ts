// How an import speaks to the engine: every command in the import's name, with an id that a repeated import derives
// again, and a note of the furthest position, so that one answer can stand for all of it.
import { v5 } from 'uuid';
import type { Aggregate, AggregateState } from '../../domain/decider.ts';
import type { DomainEvent } from '../../domain/event.ts';
import type { Rejection } from '../../domain/rejection.ts';
import type { SeatingPlan } from '../../domain/seating-plan/plan.ts';
import { seatingPlanAggregate } from '../../domain/seating-plan/seating-plan.ts';
import type { ShowAggregate } from '../../domain/show/show.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { PlanSource } from '../../ports/plan-source.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { CommandContext, Outcome } from '../command.ts';
import { importedPlanId } from './ids.ts';
import { layoutOf } from './layout.ts';
import type { Zone } from './layout.ts';
import type { CommandPipeline } from '../pipeline.ts';

/** What an import needs of the engine. */
export interface ImportEngine {
  readonly pipeline: CommandPipeline;
  readonly catalogue: Catalogue;
  readonly shows: ShowAggregate;
  readonly plans: Pick<PlanSource, 'load'>;
  readonly log: EventLog;
}

const NAMESPACE = '0d3c8c2f-6a2e-4f5b-8a52-6c1df7e2b9a4';

export class ImportSender {
  readonly source: string;
  readonly actor: string;
  readonly reason: string;
  readonly engine: ImportEngine;
  /** Of everything read and written so far. */
  position = 0;
  /** Whether a command of this import has left something in the log. */
  begun = false;
  readonly #importId: string;
  readonly #correlationId: string;
  readonly #traceparent: string | undefined;

  constructor(
    engine: ImportEngine,
    source: string,
    context: Pick<CommandContext, 'commandId' | 'correlationId' | 'traceparent'>,
  ) {
    this.engine = engine;
    this.source = source;
    this.actor = `import:${source}`;
    this.reason = `import ${source}`;
    this.#importId = context.commandId;
    this.#correlationId = context.correlationId;
    this.#traceparent = context.traceparent;
  }

  /** The id of a command of this import; `step` tells it from the others on its stream. */
  commandId(streamId: string, step: unknown): string {
    return v5(JSON.stringify([this.#importId, streamId, step]), NAMESPACE);
  }

  /** Calls a use case; `step` tells it from others for the same thing. */
  async call<T>(
    id: string,
    step: unknown,
    call: (context: CommandContext) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const outcome = await call({
      commandId: this.commandId(id, step),
      // The id holds all that the command does, so the same id is the same command.
      requestHash: this.#importId,
      actor: this.actor,
      correlationId: this.#correlationId,
      causationId: this.#importId,
      traceparent: this.#traceparent,
    });
    if (outcome.ok) {
      this.position = Math.max(this.position, outcome.position);
      this.begun ||= outcome.changed || outcome.replayed;
    }
    return outcome;
  }

  /** `step` is by default the command itself. */
  send<S extends AggregateState, C extends { readonly kind: string }, E extends DomainEvent>(
    aggregate: Aggregate<S, C, E>,
    id: string,
    command: C,
    step: unknown = command,
  ): Promise<Outcome<null>> {
    return this.call(id, step, (context) =>
      this.engine.pipeline.execute(aggregate, id, command, context, () => null),
    );
  }

  async read<S extends AggregateState, C extends { readonly kind: string }, E extends DomainEvent, T>(
    aggregate: Aggregate<S, C, E>,
    id: string,
    view: (state: S) => T,
  ): Promise<T> {
    const { value, position } = await this.engine.pipeline.read(aggregate, id, view);
    this.position = Math.max(this.position, position);
    return value;
  }

  /** The plan that these zones make in a show, drawn if it is not there yet; or why it cannot be drawn. */
  async plan(
    showId: string,
    venueId: string,
    name: string,
    zones: readonly Zone[],
  ): Promise<SeatingPlan | Rejection> {
    const content = zones.map(({ categoryId, name: zone, numbered, capacity }) => [
      categoryId,
      zone,
      numbered,
      capacity,
    ]);
    const id = importedPlanId(showId, content);
    const known = await this.engine.plans.load(id);
    if (known) return known;
    const drawn = await this.send(
      seatingPlanAggregate,
      id,
      { kind: 'DrawSeatingPlan', venueId, name, ...layoutOf(zones) },
      'draw',
    );
    if (!drawn.ok) return drawn.rejection;
    const plan = await this.engine.plans.load(id);
    if (!plan) throw new Error(`seating plan ${id} was drawn and is not in the log`);
    return plan;
  }
}
