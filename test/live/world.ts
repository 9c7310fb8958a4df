// A show with its stream in a memory log, and the live view that follows it on a clock that tests move.
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import type { NewEvent } from '../../src/domain/event.ts';
import type { ShowRules } from '../../src/domain/show/events.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { LiveShows, type LiveShowsParts } from '../../src/live/live-shows.ts';
import { areaViews, categoryViews } from '../../src/domain/show/views.ts';
import type { ShowState } from '../../src/domain/show/show.ts';
import { seatCodes } from '../domain/show/seat-codes.ts';
import { ShowSpec, T0, type HallShape } from '../domain/show/show-spec.ts';
import { turn, VirtualClock } from '../support/virtual-clock.ts';

export const SHOW = '6f1c0e9a-5b4d-4e8b-9a57-0f3f0c1d2e3a';

let count = 0;
const uuid = (): string => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`;

/** The show is decided by a spec of the domain's tests; `publish` puts what was decided into the log. */
export class LiveWorld {
  readonly clock = new VirtualClock(T0);
  readonly log: EventLog = new MemoryEventLog(this.clock);
  readonly show: ShowSpec;
  readonly faults: unknown[] = [];
  readonly id: string;
  live: LiveShows;
  #published = 0;

  constructor(shape: HallShape = {}, rules: Partial<ShowRules> = {}, id = SHOW) {
    this.show = new ShowSpec(shape, rules);
    this.id = id;
    this.live = this.another();
  }

  another(parts: Partial<LiveShowsParts> = {}): LiveShows {
    const { plans, aggregate } = this.show;
    return new LiveShows({
      log: this.log,
      plans: { get: (id) => plans.get(id), load: async (id) => plans.get(id) },
      clock: this.clock,
      aggregate,
      venueOf: async (venueId) => ({ venue: { id: venueId, name: 'Hall' }, etag: 'v1' }),
      onFault: (error) => this.faults.push(error),
      ...parts,
    });
  }

  /** With the show's first event in the log, and the view following. */
  static async started(shape: HallShape = {}, rules: Partial<ShowRules> = {}): Promise<LiveWorld> {
    const world = new LiveWorld(shape, rules);
    await world.publish();
    await world.live.start();
    return world;
  }

  /** Appends what was decided since the last call, at most `max` events of it, and lets the view see it. */
  async publish(max = Infinity): Promise<void> {
    await this.append(max);
    await turn();
  }

  /** As `publish`, without a turn for who follows. */
  async append(max = Infinity): Promise<void> {
    this.clock.nowMs = Math.max(this.clock.nowMs, this.show.now);
    const events = this.show.history.slice(this.#published, this.#published + max);
    const appended = await this.log.append(
      `show-${this.id}`,
      this.#published - 1,
      events.map((event) => ({ ...event, id: uuid() }) as NewEvent),
    );
    if (appended.kind !== 'appended') throw new Error(`the test's stream is at ${appended.revision}`);
    this.#published += events.length;
  }

  get revision(): number {
    return this.#published - 1;
  }

  async map(): Promise<AvailabilityJson> {
    return JSON.parse((await this.live.availability(this.id))!.body.toString()) as AvailabilityJson;
  }
}

export interface AvailabilityJson {
  readonly showId: string;
  readonly revision: number;
  readonly seatingPlanId: string;
  readonly seatCount: number;
  readonly seats: string;
  readonly areas: readonly { readonly id: string }[];
  readonly categories: readonly unknown[];
}

/** Codes of all seats from the base64 of a map. */
export function codesOf({ seats, seatCount }: Pick<AvailabilityJson, 'seats' | 'seatCount'>): number[] {
  const bytes = Buffer.from(seats, 'base64');
  return Array.from({ length: seatCount }, (_, i) => (bytes[i >> 2]! >> ((i & 3) * 2)) & 3);
}

/** What the map must say, computed seat by seat. */
export function trueMap(state: ShowState) {
  return {
    codes: seatCodes(state),
    areas: areaViews(state),
    categories: categoryViews(state),
  };
}
