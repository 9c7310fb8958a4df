// One show kept up to date in memory: its folded state, its two-bit map changed in place as events come, the deltas of
// late, and the bytes of its answers, made when first asked for at a revision.
import type { RecordedEvent } from '../domain/event.ts';
import type { SeatStatus } from '../domain/show/seat-map.ts';
import type { ShowAggregate, ShowState } from '../domain/show/show.ts';
import { isKept, nextStatusChangeMs, seenStatus } from '../domain/show/views.ts';
import type { Clock } from '../ports/clock.ts';
import { AreaWatch } from './areas.ts';
import { availabilityBody, pageBody, type LiveBody } from './bodies.ts';
import { AvailabilityMap, DeltaRing, packChange, type Delta } from './map.ts';
import type { VenueOfShow } from './venues.ts';
import { Waiters } from './waiters.ts';

export interface DeltaLimits {
  /** At least 1,000 by contract. */
  readonly deltasMax: number;
  readonly deltaBytesMax: number;
}

export interface LiveShowParts {
  readonly aggregate: ShowAggregate;
  readonly limits: DeltaLimits;
  readonly clock: Clock;
}

interface Page {
  readonly body: LiveBody;
  readonly venueEtag: string | null;
  readonly untilMs: number;
}

const NOTHING: readonly never[] = [];

export class LiveShow {
  readonly id: string;
  readonly waiters: Waiters;
  /** It could not be followed any further; whoever watches it must go. */
  gone = false;
  readonly #aggregate: ShowAggregate;
  readonly #limits: DeltaLimits;
  #state!: ShowState;
  #map!: AvailabilityMap;
  #areas!: AreaWatch;
  #deltas!: DeltaRing;
  /** One flag a category: what is free there is kept for the line. */
  #kept!: Uint8Array;
  #availability: LiveBody | null = null;
  #page: Page | null = null;

  constructor(id: string, state: ShowState, parts: LiveShowParts) {
    this.id = id;
    this.waiters = new Waiters(parts.clock);
    this.#aggregate = parts.aggregate;
    this.#limits = parts.limits;
    this.#begin(state);
  }

  /** Only to be read; it changes in place. */
  get state(): Readonly<ShowState> {
    return this.#state;
  }

  get revision(): number {
    return this.#state.revision;
  }

  /** Memory in bytes, roughly; the seating plan is shared and not counted. */
  get bytes(): number {
    const bodies = (this.#availability?.body.length ?? 0) + (this.#page?.body.body.length ?? 0);
    return this.#aggregate.sizeOf(this.#state) + this.#map.bytes.length + this.#deltas.bytes + bodies;
  }

  /** Goes on as the same show read anew, all at once; that one is not used any more. */
  become(anew: LiveShow): void {
    this.#state = anew.#state;
    this.#map = anew.#map;
    this.#areas = anew.#areas;
    this.#deltas = anew.#deltas;
    this.#kept = anew.#kept;
    this.#forgetBodies();
  }

  /** Applies the next event of the stream; its seating plan is in memory if it names one. */
  apply(event: RecordedEvent): void {
    const { plan } = this.#state;
    this.#aggregate.evolve(this.#state, event);
    if (this.#state.plan !== plan) return this.#begin(this.#state);
    const changes = this.#changedSeats();
    const areas = this.#areas.takeChanges(this.#state, this.#kept);
    this.#deltas.push({ revision: this.#state.revision, changes, areas });
    this.#forgetBodies();
  }

  /** The deltas after a revision, one for each; null: no longer known, or the seating plan has changed since. */
  deltasSince(revision: number): Delta[] | null {
    return this.#deltas.since(revision);
  }

  availability(): LiveBody {
    return (this.#availability ??= availabilityBody(this.id, this.#state, this.#map));
  }

  page(venue: VenueOfShow | null, nowMs: number): LiveBody {
    const venueEtag = venue?.etag ?? null;
    const page = this.#page;
    if (page && page.venueEtag === venueEtag && nowMs < page.untilMs) return page.body;
    const body = pageBody(this.id, this.#state, venue, nowMs);
    this.#page = { body, venueEtag, untilMs: nextStatusChangeMs(this.#state, nowMs) ?? Infinity };
    return body;
  }

  /** With no deltas: on another seating plan, they would say nothing. */
  #begin(state: ShowState): void {
    const { plan } = state;
    this.#state = state;
    this.#map = new AvailabilityMap(plan.seatCount);
    this.#kept = Uint8Array.from(plan.categories, (_, category) => (isKept(state, category) ? 1 : 0));
    this.#areas = new AreaWatch(state, this.#kept);
    this.#deltas = new DeltaRing(state.revision, this.#limits.deltasMax, this.#limits.deltaBytesMax);
    for (let seat = 0; seat < plan.seatCount; seat += 1) this.#map.set(seat, this.#codeOf(seat));
    state.seats.trackChanges();
    state.seats.takeChanges();
    this.#forgetBodies();
  }

  #changedSeats(): readonly number[] {
    const touched = this.#state.seats.takeChanges();
    const changes: number[] = [];
    for (const seat of touched) this.#update(seat, changes);
    if (this.#state.lines.size > 0) this.#followLines(changes);
    return changes.length > 0 ? changes : NOTHING;
  }

  /** Where keeping begins or ends, every free seat of the category looks different. */
  #followLines(changes: number[]): void {
    const { plan, lines } = this.#state;
    for (const categoryId of lines.keys()) {
      const category = plan.categoryIndex.get(categoryId);
      if (category === undefined) continue;
      const kept = isKept(this.#state, category) ? 1 : 0;
      if (kept === this.#kept[category]) continue;
      this.#kept[category] = kept;
      for (let seat = 0; seat < plan.seatCount; seat += 1)
        if (plan.seatCategory[seat] === category) this.#update(seat, changes);
    }
  }

  #update(seat: number, changes: number[]): void {
    const code = this.#codeOf(seat);
    if (this.#map.set(seat, code)) changes.push(packChange(seat, code));
  }

  #codeOf(seat: number): number {
    const { seats, plan } = this.#state;
    return seenStatus(seats.status[seat] as SeatStatus, this.#kept[plan.seatCategory[seat]!] === 1);
  }

  #forgetBodies(): void {
    this.#availability = null;
    this.#page = null;
  }
}
