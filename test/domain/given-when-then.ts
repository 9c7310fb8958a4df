// The language of the catalogue's unit tests: given events, when a command, then events or the code of a refusal.
import type { Aggregate, AggregateState } from '../../src/domain/decider.ts';
import type { DomainEvent } from '../../src/domain/event.ts';

const AT = '2027-03-01T12:00:00.000Z';

/** An aggregate's story so far; each command is one of its own. */
export class Story<S extends AggregateState, C, E extends DomainEvent> {
  readonly aggregate: Aggregate<S, C, E>;
  readonly state: S;
  readonly events: E[] = [];
  #commands = 0;

  constructor(aggregate: Aggregate<S, C, E>, given: readonly E[] = []) {
    this.aggregate = aggregate;
    this.state = aggregate.initialState();
    for (const event of given) {
      aggregate.evolve(this.state, { ...event, metadata: this.#metadata() });
      this.events.push(event);
    }
  }

  /** Then: the events that the command made, or the code of its refusal. */
  when(command: C): readonly E[] | string {
    const decision = this.aggregate.decide(this.state, command, this.#metadata());
    if ('rejected' in decision) return decision.rejected.code;
    this.events.push(...decision.accepted);
    return decision.accepted;
  }

  /** The state that a reader of the stream would fold. */
  folded(): S {
    const state = this.aggregate.initialState();
    for (const event of this.events) {
      const metadata = { commandId: 'fold', requestHash: '', at: AT };
      this.aggregate.evolve(state, { ...event, metadata });
    }
    return state;
  }

  #metadata() {
    this.#commands += 1;
    return { commandId: `command-${this.#commands}`, requestHash: `hash-${this.#commands}`, at: AT };
  }
}
