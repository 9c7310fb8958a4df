// How each part of the demo becomes commands. Every command's id derives from what it is for, so that all of it may be
// sent again.
import { DateTime } from 'luxon';
import type { Outcome } from '../commands/command.ts';
import { feedSource, importAdapted } from '../commands/import/feed.ts';
import type { ImportEngine } from '../commands/import/sender.ts';
import { seatingPlanAggregate } from '../domain/seating-plan/seating-plan.ts';
import { demoContext, demoId } from './demo-ids.ts';
import { sellBeforehand } from './past-sales.ts';
import type { DemoEvent, DemoShow } from './programme.ts';
import { providerShows } from './provider-shows.ts';
import type { DemoVenue } from './venues.ts';

/** Another source than real feeds have, so that importing the provider's own feed finds nothing of the demo. */
export const DEMO_PROVIDER = 'demo-provider';
const PROVIDER_VENUE = {
  name: 'Auditori del Port',
  timeZone: 'Europe/Madrid',
  address: 'Moll de Costa 12',
  city: 'Tarragona',
  country: 'ES',
  lat: 41.1189,
  lon: 1.2445,
};
const SALES_OPEN_MINUTES = 600;

export const demoVenueId = (seed: number, venueKey: string): string => demoId(seed, 'venue', venueKey);
const planIdOf = (seed: number, venueKey: string): string => demoId(seed, 'plan', venueKey);

export class DemoLoading {
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
    const fields = {
      name,
      address,
      lat,
      lon,
      city: city.name,
      country: city.country,
      timeZone: city.timeZone,
    };
    const id = demoVenueId(this.#seed, venue.key);
    accepted(await catalogue.createVenue(fields, demoContext(this.#seed, 'create', venue.key), id));
    const { categories, areas, rows, focalPoint } = hall;
    const drawing = {
      kind: 'DrawSeatingPlan',
      venueId: id,
      name: hall.name,
      categories,
      areas,
      rows,
      focalPoint,
    } as const;
    const context = demoContext(this.#seed, 'draw', venue.key);
    accepted(
      await pipeline.execute(
        seatingPlanAggregate,
        planIdOf(this.#seed, venue.key),
        drawing,
        context,
        () => null,
      ),
    );
  }

  /** On view before its shows are added: each is then on sale from its first moment. */
  async event(event: DemoEvent): Promise<void> {
    const { catalogue } = this.#engine;
    const { title, description, type, tags, language, key } = event;
    const id = demoId(this.#seed, key);
    accepted(
      await catalogue.createEvent(
        { title, description, type, tags, language },
        demoContext(this.#seed, 'create', key),
        id,
      ),
    );
    accepted(await catalogue.publishEvent(id, demoContext(this.#seed, 'publish', key)));
    for (const show of event.shows) await this.#show(id, event, show);
  }

  async #show(eventId: string, { venue }: DemoEvent, show: DemoShow): Promise<void> {
    const id = demoId(this.#seed, show.key);
    const { city, hall } = venue;
    const starts = this.#localTime(city.timeZone, show.day, show.minutes);
    const request = {
      venueId: demoVenueId(this.#seed, venue.key),
      seatingPlanId: planIdOf(this.#seed, venue.key),
      startsAt: starts.toJSDate().toISOString(),
      endsAt: starts.plus({ minutes: show.durationMinutes }).toJSDate().toISOString(),
      salesOpenAt:
        show.salesOpenDay === null
          ? null
          : this.#localTime(city.timeZone, show.salesOpenDay, SALES_OPEN_MINUTES).toJSDate().toISOString(),
      prices: Object.fromEntries(
        hall.categories.map(({ id: category }, c) => [
          category,
          { amount: show.prices[c] ?? 0, currency: city.currency },
        ]),
      ),
    };
    accepted(
      await this.#engine.catalogue.scheduleShow(
        eventId,
        request,
        demoContext(this.#seed, 'schedule', show.key),
        id,
      ),
    );
    await sellBeforehand({ ...this.#engine, seed: this.#seed }, id, show, hall);
  }

  async provider(): Promise<void> {
    const feed = { events: providerShows(this.#firstDayMs), rejected: [] };
    const { rejected } = await importAdapted(
      feed,
      feedSource(DEMO_PROVIDER, { venue: PROVIDER_VENUE }),
      this.#engine,
      demoContext(this.#seed, 'import'),
    );
    if (rejected[0]) throw new Error(`the provider's shows were refused: ${rejected[0].message}`);
  }

  #localTime(zone: string, day: number, minutes: number): DateTime {
    const date = DateTime.fromMillis(this.#firstDayMs, { zone: 'utc' })
      .plus({ days: day })
      .setZone(zone, { keepLocalTime: true });
    return date.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  }
}

function accepted(outcome: Outcome<unknown>): void {
  if (!outcome.ok) throw new Error(`the demo was refused: ${outcome.rejection.detail}`);
}
