// One decision in progress: what it may look at, and the events it has made so far, each applied as it is made, so that
// the next step of the same decision (serving the line, say) sees it.
import type { Rejection } from '../rejection.ts';
import type { StatedEvent } from '../decider.ts';
import { toMs } from '../time.ts';
import type { ShowEvent } from './events.ts';
import type { ShowState } from './state.ts';

/** Handlers refuse before they emit: a refused command leaves nothing. null is acceptance. */
export type Handler<C> = (turn: Turn, command: C) => Rejection | null;

export class Turn {
  readonly state: ShowState;
  readonly nowMs: number;
  readonly events: ShowEvent[] = [];
  readonly #apply: (event: ShowEvent) => void;

  constructor(
    state: ShowState,
    metadata: StatedEvent['metadata'],
    apply: (state: ShowState, event: StatedEvent) => void,
  ) {
    this.state = state;
    this.nowMs = toMs(metadata.at);
    this.#apply = (event) => apply(state, { ...event, metadata });
  }

  emit(event: ShowEvent): void {
    this.#apply(event);
    this.events.push(event);
  }
}
