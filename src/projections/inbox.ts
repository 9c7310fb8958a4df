// Events on their way to one projection: bounded, without gaps. When it overflows it forgets everything, and the runner
// reads the log itself until it has caught up: a slow projection delays nobody else.
import type { RecordedEvent } from '../domain/event.ts';
import type { Batch } from './projection.ts';

/** More than a runner lets pile up while it stands back for commands. */
const SIZE_MAX = 50_000;
/** Of what their data say: a hundred thousand seats of a block that covers a hall are two million. */
const CHARACTERS_MAX = 32_000_000;
/** Of an entry of a list, such as a seat's id; as it is in memory. */
const ENTRY_CHARACTERS = 20;

export class Inbox {
  readonly #types: ReadonlySet<string>;
  #events: RecordedEvent[] = [];
  #characters = 0;
  #after: number;
  #upTo: number;

  /** `after`: the first event offered will be the one after this position. */
  constructor(types: readonly string[], after: number) {
    this.#types = new Set(types);
    this.#after = after;
    this.#upTo = after;
  }

  /** Every event after this position and up to `upTo` that concerns the projection is here. */
  get after(): number {
    return this.#after;
  }

  get upTo(): number {
    return this.#upTo;
  }

  get size(): number {
    return this.#events.length;
  }

  offer(events: readonly RecordedEvent[]): void {
    for (const event of events) {
      if (!this.#types.has(event.type)) continue;
      this.#events.push(event);
      this.#characters += roughCharactersOf(event);
    }
    this.#upTo = Math.max(this.#upTo, events.at(-1)?.position ?? 0);
    if (this.#events.length > SIZE_MAX || this.#characters > CHARACTERS_MAX) {
      this.#events = [];
      this.#characters = 0;
      this.#after = this.#upTo;
    }
  }

  /** Takes events after a position, at most `max`; those up to it are dropped as known. */
  take(position: number, max: number): Batch {
    const known = this.#events.findIndex((event) => event.position > position);
    const from = known === -1 ? this.#events.length : known;
    const events = this.#events.slice(from, from + max);
    for (const event of this.#events.slice(0, from + max)) this.#characters -= roughCharactersOf(event);
    this.#events = this.#events.slice(from + max);
    const upTo = this.#events.length > 0 ? events.at(-1)!.position : this.#upTo;
    // What is dropped as known may be wanted once more: a crash of the database takes the last batches of a view back.
    this.#after = Math.max(this.#after, events.length > 0 ? upTo : Math.min(position, this.#upTo));
    return { events, upTo };
  }
}

/** What is long in an event is a text or a list. */
function roughCharactersOf({ data }: RecordedEvent): number {
  let characters = 0;
  for (const value of Object.values(data ?? {}))
    if (typeof value === 'string') characters += value.length;
    else if (Array.isArray(value)) characters += value.length * ENTRY_CHARACTERS;
  return characters;
}
