// The newest events of the log, in memory: whoever follows the log closely is served from here and never asks Postgres.
// Positions have no gaps, so whether the event after a position is here is known exactly.
import type { RecordedEvent } from '../../domain/event.ts';

const EVENTS_MAX = 16_384;
const CHARACTERS_MAX = 32_000_000;

interface Stretch {
  readonly events: readonly RecordedEvent[];
  readonly characters: number;
}

export class RecentEvents {
  /** Together one gapless run of positions, in the portions in which they came. */
  readonly #stretches: Stretch[] = [];
  #events = 0;
  #characters = 0;
  #last: number | null = null;

  /** Position of the newest event here, or the one from which on events are awaited; null: not known yet. */
  get last(): number | null {
    return this.#last;
  }

  /** Forgets everything; what comes next is the event after this position. */
  restartAfter(position: number): void {
    this.#stretches.length = 0;
    this.#events = 0;
    this.#characters = 0;
    this.#last = position;
  }

  /** Adds what comes next; events already here are left out. False, and nothing added, if something between is missing. */
  add(events: readonly RecordedEvent[], characters: number): boolean {
    const last = this.#last;
    const fresh = last === null ? events : events.filter((event) => event.position > last);
    const first = fresh[0];
    if (first === undefined) return true;
    if (last !== null && first.position !== last + 1) return false;
    this.#stretches.push({ events: fresh, characters });
    this.#events += fresh.length;
    this.#characters += characters;
    this.#last = fresh.at(-1)!.position;
    this.#dropOldest();
    return true;
  }

  /** At most `limit` events after the position; empty: there is nothing newer; null: the next one is not here. */
  after(position: number, limit: number): RecordedEvent[] | null {
    if (this.#last === null || position > this.#last) return null;
    if (position === this.#last) return [];
    const found: RecordedEvent[] = [];
    for (
      let index = this.#stretchWith(position + 1);
      index >= 0 && index < this.#stretches.length && found.length < limit;
      index += 1
    ) {
      const { events } = this.#stretches[index]!;
      const from = Math.max(0, position + 1 - events[0]!.position);
      for (let offset = from; offset < events.length && found.length < limit; offset += 1)
        found.push(events[offset]!);
    }
    return found.length === 0 ? null : found;
  }

  /** Index of the stretch that holds the position, found from the newest on; −1: none. */
  #stretchWith(position: number): number {
    let index = this.#stretches.length - 1;
    while (index >= 0 && this.#stretches[index]!.events[0]!.position > position) index -= 1;
    return index;
  }

  #dropOldest(): void {
    while (this.#stretches.length > 1 && (this.#events > EVENTS_MAX || this.#characters > CHARACTERS_MAX)) {
      const oldest = this.#stretches.shift()!;
      this.#events -= oldest.events.length;
      this.#characters -= oldest.characters;
    }
  }
}
