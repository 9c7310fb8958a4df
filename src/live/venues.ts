// The venue on a show's page: read from elsewhere, kept for a moment, forgotten when its stream moves on.
import type { SteadyClock } from '../ports/clock.ts';

/** `etag` changes whenever `venue` does; it becomes part of the page's own. */
export interface VenueOfShow {
  readonly venue: Readonly<Record<string, unknown>>;
  readonly etag: string;
}
export type VenueOf = (venueId: string) => Promise<VenueOfShow | null>;

const KEEP_MS = 1_000;
const COUNT_MAX = 5_000;

export class LiveVenues {
  readonly #read: VenueOf;
  readonly #clock: SteadyClock;
  readonly #kept = new Map<
    string,
    { readonly value: Promise<VenueOfShow | null>; readonly untilMs: number }
  >();

  constructor(read: VenueOf, clock: SteadyClock) {
    this.#read = read;
    this.#clock = clock;
  }

  get(venueId: string): Promise<VenueOfShow | null> {
    const kept = this.#kept.get(venueId);
    if (kept && this.#clock.steady() < kept.untilMs) return kept.value;
    return this.#keep(venueId, this.#read(venueId));
  }

  forget(venueId: string): void {
    this.#kept.delete(venueId);
  }

  #keep(venueId: string, value: Promise<VenueOfShow | null>): Promise<VenueOfShow | null> {
    const entry = { value, untilMs: this.#clock.steady() + KEEP_MS };
    this.#kept.delete(venueId);
    this.#kept.set(venueId, entry);
    value.catch(() => this.#kept.get(venueId) === entry && this.forget(venueId));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > COUNT_MAX && oldest !== undefined) this.forget(oldest);
    return value;
  }
}
