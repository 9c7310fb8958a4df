// Fills an empty engine with a believable season: venues, seating plans, events, shows, past sales, and one real
// provider's shows. Everything goes through the commands that organisers and front ends send.
import { DateTime } from 'luxon';
import type { Outcome } from '../commands/command.ts';
import { feedSource, importAdapted } from '../commands/import-feed.ts';
import { importedShowId } from '../commands/import-ids.ts';
import type { ImportEngine } from '../commands/import-sender.ts';
import { seatingPlanAggregate } from '../domain/seating-plan/seating-plan.ts';
import { demoContext, demoId } from './demo-ids.ts';
import { sellBeforehand } from './past-sales.ts';
import { demoProgramme } from './programme.ts';
import type { DemoEvent, DemoShow } from './programme.ts';
import { providerShows } from './provider-shows.ts';
import { demoVenues } from './venues.ts';
import type { DemoVenue } from './venues.ts';

export interface DemoParts {
  readonly engine: ImportEngine;
  readonly nowMs: number;
  readonly seed?: number;
  /** Called with each venue and event that is done. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the loading early; the next one goes on from there. */
  readonly signal?: AbortSignal;
}

export interface DemoSummary {
  readonly venues: number;
  readonly events: number;
  readonly shows: number;
}

export const DEMO_SEED = 1;
const VENUES_AT_ONCE = 6;
const EVENTS_AT_ONCE = 96;
const DAY_MS = 86_400_000;
/** The provider's shows come last, so that they tell whether the demo is complete. */
const PROVIDER = 'demo-provider';
const LAST_SHOW = ['1591', '1642'] as const;

/** Whether the demo is there and complete. Reads one stream. */
export async function demoLoaded({ pipeline, shows }: Pick<ImportEngine, 'pipeline' | 'shows'>): Promise<boolean> {
  const { value } = await pipeline.read(shows, importedShowId(PROVIDER, ...LAST_SHOW), (state) => state.exists);
  return value;
}

/** Loads what is missing of the demo. Throws when the engine refuses any of it. */
export async function loadDemoData(parts: DemoParts): Promise<DemoSummary> {
  const { seed = DEMO_SEED, onProgress = () => {}, signal, engine } = parts;
  const venues = demoVenues(seed);
  const events = demoProgramme(seed, venues);
  const total = venues.length + events.length + 1;
  let done = 0;
  const step = async (work: Promise<unknown>): Promise<void> => {
    signal?.throwIfAborted();
    await work;
    onProgress(++done, total);
  };
  const load = new Loading(engine, seed, await firstDay(parts, venues));
  await eachOf(venues, VENUES_AT_ONCE, (venue) => step(load.venue(venue)));
  await eachOf(events, EVENTS_AT_ONCE, (event) => step(load.event(event)));
  await step(load.provider());
  return { venues: venues.length, events: events.length + 3, shows: events.reduce((sum, e) => sum + e.shows.length, 3) };
}

/** Days are counted from the day on which the demo was begun, also when it is finished on another. */
async function firstDay({ engine, nowMs, seed = DEMO_SEED }: DemoParts, [first]: readonly DemoVenue[]): Promise<number> {
  for await (const [created] of engine.log.readStream(`venue-${venueId(seed, first)}`, 0, 1)) {
    if (created) nowMs = Date.parse(created.metadata.at);
  }
  return Math.floor(nowMs / DAY_MS) * DAY_MS;
}

const venueId = (seed: number, venue: DemoVenue | undefined): string => demoId(seed, 'venue', venue?.key ?? '');
const planId = (seed: number, venue: DemoVenue): string => demoId(seed, 'plan', venue.key);

class Loading {
  readonly #engine: ImportEngine;
  readonly #seed: number;
  readonly #firstDayMs: number;

  constructor(engine: ImportEngine, seed: number, firstDayMs: number) {
    this.#engine = engine;
    this.#seed = seed;
    this.#firstDayMs = firstDayMs;
  }

  async venue(venue: DemoVenue): Promise<void> {
    const { catalogue, pipeline } = this.#engine;
    const { name, address, lat, lon, city, hall } = venue;
    const fields = { name, address, lat, lon, city: city.name, country: city.country, timeZone: city.timeZone };
    const id = venueId(this.#seed, venue);
    accepted(await catalogue.createVenue(fields, demoContext(this.#seed, 'create', venue.key), id));
    const { categories, areas, rows, focalPoint } = hall;
    const drawing = { kind: 'DrawSeatingPlan', venueId: id, name: hall.name, categories, areas, rows, focalPoint } as const;
    const context = demoContext(this.#seed, 'draw', venue.key);
    accepted(await pipeline.execute(seatingPlanAggregate, planId(this.#seed, venue), drawing, context, () => null));
  }

  /** On view before its shows are added: each is then on sale from its first moment. */
  async event(event: DemoEvent): Promise<void> {
    const { catalogue } = this.#engine;
    const { title, description, type, tags, language, key } = event;
    const id = demoId(this.#seed, key);
    accepted(await catalogue.createEvent({ title, description, type, tags, language }, demoContext(this.#seed, 'create', key), id));
    accepted(await catalogue.publishEvent(id, demoContext(this.#seed, 'publish', key)));
    for (const show of event.shows) await this.#show(id, event, show);
  }

  async #show(eventId: string, { venue }: DemoEvent, show: DemoShow): Promise<void> {
    const id = demoId(this.#seed, show.key);
    const { city, hall } = venue;
    const starts = this.#localTime(city.timeZone, show.day, show.minutes);
    const request = {
      venueId: venueId(this.#seed, venue),
      seatingPlanId: planId(this.#seed, venue),
      startsAt: starts.toJSDate().toISOString(),
      endsAt: starts.plus({ minutes: show.durationMinutes }).toJSDate().toISOString(),
      salesOpenAt: show.salesOpenDay === null ? null : this.#localTime(city.timeZone, show.salesOpenDay, 600).toJSDate().toISOString(),
      prices: Object.fromEntries(hall.categories.map(({ id: category }, c) => [category, { amount: show.prices[c] ?? 0, currency: city.currency }])),
    };
    accepted(await this.#engine.catalogue.scheduleShow(eventId, request, demoContext(this.#seed, 'schedule', show.key), id));
    await sellBeforehand({ ...this.#engine, seed: this.#seed }, id, show, hall);
  }

  async provider(): Promise<void> {
    const address = 'Avenida del Puerto 12';
    const venue = { name: 'Auditori del Port', timeZone: 'Europe/Madrid', address, city: 'Tarragona', country: 'ES', lat: 41.1189, lon: 1.2445 };
    const feed = { events: providerShows(this.#firstDayMs), rejected: [] };
    const { rejected } = await importAdapted(feed, feedSource(PROVIDER, { venue }), this.#engine, demoContext(this.#seed, 'import'));
    if (rejected[0]) throw new Error(`the provider's shows were refused: ${rejected[0].message}`);
  }

  #localTime(zone: string, day: number, minutes: number): DateTime {
    const date = DateTime.fromMillis(this.#firstDayMs, { zone: 'utc' }).plus({ days: day }).setZone(zone, { keepLocalTime: true });
    return date.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  }
}

function accepted(outcome: Outcome<unknown>): void {
  if (!outcome.ok) throw new Error(`the demo was refused: ${outcome.rejection.detail}`);
}

/** At most `atOnce` at one time; after the first error no more are begun. */
async function eachOf<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const first = ended.find((end) => end.status === 'rejected');
  if (first) throw first.reason;
}
