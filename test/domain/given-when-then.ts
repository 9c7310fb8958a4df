// The language of the catalogue's unit tests: given events, when a command, then events or the code of a refusal.
import { expect } from 'vitest';
import type { Aggregate, AggregateState } from '../../src/domain/decider.ts';
import type { DomainEvent } from '../../src/domain/event.ts';

export const AT = '2027-03-01T12:00:00.000Z';

/** An aggregate's story so far; each command is one of its own. */
export class Story<S extends AggregateState, C, E extends DomainEvent> {
  readonly aggregate: Aggregate<S, C, E>;
  readonly state: S;
  readonly events: E[] = [];
  #commands = 0;
  #last: readonly E[] | string = [];

  constructor(aggregate: Aggregate<S, C, E>, given: readonly E[] = []) {
    this.aggregate = aggregate;
    this.state = aggregate.initialState();
    for (const event of given) {
      aggregate.evolve(this.state, { ...event, metadata: this.#metadata() });
      this.events.push(event);
    }
  }

  when(command: C): this {
    const decision = this.aggregate.decide(this.state, command, this.#metadata());
    this.#last = 'accepted' in decision ? decision.accepted : decision.rejected.code;
    if ('accepted' in decision) this.events.push(...decision.accepted);
    return this;
  }

  /** Events, or the refusal's code. */
  then(expected: readonly E[] | string): this {
    expect(this.#last).toEqual(expected);
    return this;
  }

  get verdict(): readonly E[] | string {
    return this.#last;
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
