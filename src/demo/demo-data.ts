// Fills an empty engine with a believable season: venues, seating plans, events, shows, past sales, and one real
// provider's shows. Everything goes through the commands that organisers and front ends send.
import { atOnce } from '../commands/at-once.ts';
import { importedShowId } from '../commands/import/ids.ts';
import type { ImportEngine } from '../commands/import/sender.ts';
import { DEMO_PROVIDER, DemoLoading, demoVenueId } from './demo-loading.ts';
import { demoProgramme } from './programme.ts';
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
const EVENTS_AT_ONCE = 24;
const DAY_MS = 86_400_000;
/** The provider's shows come last, so that one of them tells whether the demo is complete. */
const LAST_SHOW = ['1591', '1642'] as const;

/** Whether the demo is there and complete. Reads one stream. */
export async function demoLoaded({
  pipeline,
  shows,
}: Pick<ImportEngine, 'pipeline' | 'shows'>): Promise<boolean> {
  const { value } = await pipeline.read(
    shows,
    importedShowId(DEMO_PROVIDER, ...LAST_SHOW),
    (state) => state.exists,
  );
  return value;
}

/** Loads what is missing of the demo. Throws when the engine refuses any of it. */
export async function loadDemoData(parts: DemoParts): Promise<DemoSummary> {
  const { seed = DEMO_SEED, onProgress = () => {}, signal, engine } = parts;
  const venues = demoVenues(seed);
  const events = demoProgramme(seed, venues);
  const total = venues.length + events.length + 1;
  let done = 0;
  const step = async (work: () => Promise<unknown>): Promise<void> => {
    signal?.throwIfAborted();
    await work();
    onProgress(++done, total);
  };
  const load = new DemoLoading(engine, seed, await firstDay(parts, venues));
  await atOnce(venues, VENUES_AT_ONCE, (venue) => step(() => load.venue(venue)));
  await atOnce(events, EVENTS_AT_ONCE, (event) => step(() => load.event(event)));
  await step(() => load.provider());
  return {
    venues: venues.length,
    events: events.length + 3,
    shows: events.reduce((sum, e) => sum + e.shows.length, 3),
  };
}

/** Days are counted from the day on which the demo was begun, also when it is finished on another. */
async function firstDay(
  { engine, nowMs, seed = DEMO_SEED }: DemoParts,
  [first]: readonly DemoVenue[],
): Promise<number> {
  for await (const [created] of engine.log.readStream(`venue-${demoVenueId(seed, first?.key ?? '')}`, 0, 1)) {
    if (created) nowMs = Date.parse(created.metadata.at);
  }
  return Math.floor(nowMs / DAY_MS) * DAY_MS;
}
