// A season's worth of history for tests: venues, plans, events and shows, sold by the real rules of the domain, from a
// seed. Every event is appended to a log as the product would append it.
import { v5 } from 'uuid';
import { toIso } from '../../src/domain/decider.ts';
import type { DomainEvent, NewEvent } from '../../src/domain/event.ts';
import { buildPlan } from '../../src/domain/seating-plan/plan-builder.ts';
import type { SeatingPlan } from '../../src/domain/seating-plan/plan.ts';
import type { ShowCommand } from '../../src/domain/show/commands.ts';
import { showAggregate, type ShowState } from '../../src/domain/show/show.ts';
import type { EventLog } from '../../src/ports/event-log.ts';

export const T0 = Date.parse('2027-03-01T12:00:00.000Z');
export const DAY = 86_400_000;
const NAMES = 'c6d2b0f1-37c5-4c56-8a53-5f0f6f5a7e10';
export const idFor = (name: string): string => v5(name, NAMES);

export interface ShowShape {
  readonly event?: string;
  readonly venue?: string;
  readonly startsInDays?: number;
  readonly seats?: number;
  readonly pit?: number;
  readonly categories?: readonly string[];
  /** Of the first category; each further one costs 10 more, unless it has a price of its own in `prices`. */
  readonly price?: number;
  readonly prices?: Readonly<Record<string, number>>;
  readonly currency?: string;
  readonly published?: boolean;
  readonly offerTtlMs?: number;
}

export class Season {
  now = T0;
  position = 0;
  readonly log: EventLog;
  readonly plans = new Map<string, SeatingPlan>();
  readonly states = new Map<string, ShowState>();
  readonly show = showAggregate(this.plans);
  readonly planSource = {
    get: (id: string) => this.plans.get(id),
    load: async (id: string) => this.plans.get(id),
  };
  readonly #revisions = new Map<string, number>();
  #count = 0;

  constructor(log: EventLog) {
    this.log = log;
  }

  /** Appends events to a stream as they are. */
  async append(stream: string, ...events: DomainEvent[]): Promise<number> {
    if (events.length === 0) return this.position;
    const revision = this.#revisions.get(stream) ?? -1;
    const at = toIso(this.now);
    const result = await this.log.append(
      stream,
      revision,
      events.map((event): NewEvent => ({
        ...event,
        id: this.#id(),
        metadata: {
          commandId: idFor(`${stream}/${this.#count}`),
          requestHash: 'h',
          actor: 'client:test',
          correlationId: 'c',
          causationId: 'c',
          at,
        },
      })),
    );
    if (result.kind !== 'appended') throw new Error(`${stream} is at ${result.revision}`);
    this.#revisions.set(stream, result.revision);
    this.position = result.position;
    return result.position;
  }

  async venue(
    name: string,
    fields: Partial<{
      city: string;
      country: string | null;
      lat: number | null;
      lon: number | null;
      title: string;
    }> = {},
  ): Promise<string> {
    const id = idFor(`venue ${name}`);
    const { title, ...rest } = fields;
    await this.append(`venue-${id}`, {
      type: 'VenueCreated',
      data: {
        name: title ?? name,
        timeZone: 'Europe/Madrid',
        address: null,
        city: 'Madrid',
        country: 'ES',
        lat: 40.4168,
        lon: -3.7038,
        ...rest,
      },
    });
    return id;
  }

  async event(name: string, fields: Record<string, unknown> = {}, publish = true): Promise<string> {
    const id = idFor(`event ${name}`);
    await this.append(`event-${id}`, {
      type: 'EventCreated',
      data: { title: name, description: null, type: 'concert', tags: [], language: null, ...fields },
    });
    if (publish) await this.append(`event-${id}`, { type: 'EventPublished', data: {} });
    return id;
  }

  /** A show of an event at a venue, both made before, with a plan of its own. */
  async schedule(
    name: string,
    {
      event = 'event',
      venue = 'venue',
      startsInDays = 30,
      seats = 4,
      pit = 0,
      categories = ['Stalls'],
      price = 2500,
      prices: own = {},
      currency = 'EUR',
      published = true,
      offerTtlMs = 600_000,
    }: ShowShape = {},
  ): Promise<string> {
    const id = idFor(`show ${name}`);
    const plan = await this.draw(name, idFor(`venue ${venue}`), seats, pit, categories);
    const prices = Object.fromEntries(
      plan.categories.map(({ id }, i) => [id, { amount: own[id] ?? price + 1000 * i, currency }]),
    );
    await this.append(`event-${idFor(`event ${event}`)}`, { type: 'ShowAdded', data: { showId: id } });
    const rules = {
      holdTtlMs: 600_000,
      offerTtlMs,
      ticketsPerCustomer: 10,
      waitlistPolicy: 'strict' as const,
    };
    const startsAt = toIso(T0 + startsInDays * DAY);
    await this.decide(id, {
      kind: 'ScheduleShow',
      eventId: idFor(`event ${event}`),
      plan,
      startsAt,
      endsAt: null,
      timeZone: 'Europe/Madrid',
      salesOpenAt: null,
      salesCloseAt: null,
      prices,
      published,
      ...rules,
    });
    return id;
  }

  /** Decides a command, and appends its events; false when it is refused. Lapses come first, as in the product. */
  async decide(showId: string, command: ShowCommand): Promise<boolean> {
    const state = this.states.get(showId) ?? this.show.initialState();
    this.states.set(showId, state);
    const due = this.show.due!(state, this.now);
    if (due && command.kind !== 'ExpireDue') await this.decide(showId, due);
    const decision = this.show.decide(state, command, {
      commandId: idFor(`${showId}/${(this.#count += 1)}`),
      requestHash: 'h',
      at: toIso(this.now),
    });
    if ('rejected' in decision) return false;
    await this.append(`show-${showId}`, ...decision.accepted);
    return true;
  }

  hold(
    showId: string,
    name: string,
    what: { seats?: readonly string[]; pit?: number; best?: number; category?: string; customer?: string },
  ): Promise<boolean> {
    const areas = what.pit ? [{ areaId: 'pit', quantity: what.pit }] : [];
    const best = what.best
      ? { bestAvailable: { categoryId: what.category ?? 'Stalls', quantity: what.best, together: false } }
      : {};
    return this.decide(showId, {
      kind: 'HoldSeats',
      holdId: idFor(`hold ${name}`),
      clientId: 'front',
      customerId: what.customer ?? name,
      seats: what.seats ?? [],
      areas,
      ...best,
    });
  }

  confirm(showId: string, name: string): Promise<boolean> {
    return this.decide(showId, {
      kind: 'ConfirmHold',
      holdId: idFor(`hold ${name}`),
      bookingId: idFor(`booking ${name}`),
      paymentReference: null,
      caller: { clientId: 'front', all: true },
    });
  }

  join(showId: string, name: string, quantity = 1, categoryId = 'Stalls'): Promise<boolean> {
    return this.decide(showId, {
      kind: 'JoinWaitlist',
      entryId: idFor(`entry ${name}`),
      offerHoldId: idFor(`hold ${name}`),
      clientId: 'front',
      customerId: name,
      categoryId,
      quantity,
      acceptFewer: false,
    });
  }

  /** A plan of one row, and perhaps a pit. */
  async draw(
    name: string,
    venueId: string,
    seats: number,
    pit: number,
    categories: readonly string[],
    pitId = 'pit',
  ): Promise<SeatingPlan> {
    const id = idFor(`plan ${name}`);
    const ids = Array.from({ length: seats }, (_, i) => `A-${i + 1}`);
    const row = {
      zone: 'Main',
      name: 'A',
      ids,
      numbers: ids,
      categories: ids.map((_, i) => Math.floor((i * categories.length) / seats)),
      x: ids.map((_, i) => i),
      y: ids.map(() => 0),
    };
    const areas = pit > 0 ? [{ id: pitId, name: 'Pit', categoryId: 'Standing', capacity: pit }] : [];
    const drawn = {
      venueId,
      name: 'Hall',
      categories: [...categories, ...(pit > 0 ? ['Standing'] : [])].map((c) => ({
        id: c,
        name: c,
        color: null,
      })),
      areas,
      focalPoint: { x: 0, y: 0 },
      seatCount: seats,
    };
    const plan = buildPlan({ id, ...drawn, rows: [row] });
    this.plans.set(id, plan);
    await this.append(
      `seating-plan-${id}`,
      { type: 'SeatingPlanDrawn', data: drawn },
      { type: 'RowsDrawn', data: { rows: [row] } },
    );
    return plan;
  }

  #id(): string {
    return idFor(`event id ${(this.#count += 1)}`);
  }
}

/** A small season: a few venues and events in two cities, and shows on sale. */
export async function smallSeason(log: EventLog, shows = 4): Promise<{ season: Season; shows: string[] }> {
  const season = new Season(log);
  await season.venue('venue');
  await season.venue('teatro', { city: 'Toledo', lat: 39.8628, lon: -4.0273, title: 'Teatro Único' });
  await season.event('event', {
    title: 'Philharmonic Beethoven Marathon',
    tags: ['classic'],
    language: 'en',
    description: 'All nine symphonies',
  });
  await season.event('canciones', { title: 'Canciones de España', language: 'es' });
  const made: string[] = [];
  for (let i = 0; i < shows; i += 1)
    made.push(
      await season.schedule(`s${i}`, {
        event: i % 2 ? 'canciones' : 'event',
        venue: i % 3 ? 'venue' : 'teatro',
        startsInDays: 10 + i,
        seats: 10,
        pit: 12,
        categories: ['Stalls', 'Circle'],
      }),
    );
  return { season, shows: made };
}
