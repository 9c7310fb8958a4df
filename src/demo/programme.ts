// The demo's 300 events: who plays where, on which days, in which language, at which price, and how well it sells.
import { Chance } from './chance.ts';
import { WORDS } from './cities.ts';
import type { DemoVenue } from './venues.ts';
import { ACTS } from './words/acts.ts';
import type { Kind } from './words/words.ts';

/** How much of a show is gone when the demo starts. */
export type Sales = 'some' | 'nearlySoldOut' | 'soldOutWithLine' | 'mostlyBlocked';

export interface DemoShow {
  readonly key: string;
  /** Days after the demo's first day, and minutes after local midnight. */
  readonly day: number;
  readonly minutes: number;
  readonly durationMinutes: number;
  /** Sales open on that day; null: with the publication. */
  readonly salesOpenDay: number | null;
  /** Minor units, in the order of the hall's categories. */
  readonly prices: readonly number[];
  readonly sales: Sales;
}

export interface DemoEvent {
  readonly key: string;
  readonly venue: DemoVenue;
  readonly title: string;
  readonly description: string;
  readonly type: Kind;
  readonly tags: readonly string[];
  readonly language: string;
  readonly shows: readonly DemoShow[];
}

const DEMO_EVENTS = 300;
/** Small enough to be sold by ordinary holds of ten tickets. */
const SMALL_HALL_MAX = 320;
const FIRST_DAY = 4;
const LAST_DAY = 190;
const LARGE_HALL_EVENTS_MAX = 3;
const LARGE_HALL = 5_000;

const MINUTES: Readonly<Record<Kind, readonly number[]>> = {
  concert: [1230, 1260, 1290],
  classical: [1170, 1200],
  theatre: [1170, 1200, 1230],
  comedy: [1230, 1290],
  dance: [1170, 1200],
  family: [720, 1020],
  talk: [1110, 1140],
  sport: [1050, 1110],
};
const DURATION: Readonly<Record<Kind, number>> = {
  concert: 120,
  classical: 120,
  theatre: 105,
  comedy: 90,
  dance: 100,
  family: 65,
  talk: 90,
  sport: 150,
};
/** Kinds that play several evenings. */
const RUNS = new Set<Kind>(['theatre', 'family', 'dance', 'comedy']);

/** The same for the same seed and venues. */
export function demoProgramme(seed: number, venues: readonly DemoVenue[]): DemoEvent[] {
  const slots: { venue: DemoVenue; round: number }[] = [];
  for (let round = 0; slots.length < DEMO_EVENTS; round++) {
    for (const venue of venues) {
      if (round < LARGE_HALL_EVENTS_MAX || venue.hall.capacity < LARGE_HALL) slots.push({ venue, round });
    }
  }
  const events = slots.slice(0, DEMO_EVENTS).map(({ venue, round }, i) => eventOf(seed, venue, round, i));
  return withSalesProfiles(events);
}

function eventOf(seed: number, venue: DemoVenue, round: number, i: number): DemoEvent {
  const chance = new Chance(seed, `event ${i}`);
  const type = chance.of(venue.hall.kinds);
  const act = chance.of(ACTS[type]);
  const language = chance.of(venue.city.languages);
  const words = WORDS[language];
  if (!words) throw new Error(`the demo has no words in ${language}`);
  const fill = (text: string) =>
    text
      .replaceAll('{act}', act.name)
      .replaceAll('{city}', venue.city.name)
      .replaceAll('{venue}', venue.name);
  return {
    key: `event ${i}`,
    venue,
    title: fill(chance.of(words.titles[type])),
    description: fill(words.descriptions[type]),
    type,
    tags: [...act.tags, ...(chance.next() < 0.3 ? ['accessible'] : [])],
    language,
    shows: showsOf(chance, venue, type, round, i),
  };
}

/** Each round of a venue has weeks of its own, so that no two events meet in one hall. */
function showsOf(chance: Chance, venue: DemoVenue, type: Kind, round: number, i: number): DemoShow[] {
  const roundDays = Math.floor((LAST_DAY - FIRST_DAY) / 6);
  const first = FIRST_DAY + round * roundDays + chance.between(0, roundDays - 4);
  const minutes = chance.of(MINUTES[type]);
  const dearness = 0.8 + chance.next() * 0.6;
  const { tenEuros } = venue.city;
  const salesOpenDay = chance.next() < 0.08 && first > 20 ? first - 14 : null;
  return Array.from({ length: RUNS.has(type) ? chance.between(1, 3) : 1 }, (_, s) => ({
    key: `event ${i} show ${s}`,
    day: first + s,
    minutes,
    durationMinutes: DURATION[type],
    salesOpenDay,
    prices: venue.hall.priceTens.map((tens) => roundPrice(tens * dearness * tenEuros, tenEuros)),
    sales: 'some' as Sales,
  }));
}

/** To half of ten euros' worth of the city's money. */
function roundPrice(minor: number, tenEuros: number): number {
  const unit = Math.round(tenEuros / 20 / 50) * 50 || 50;
  return Math.max(unit, Math.round(minor / unit) * unit);
}

/** One sold-out show with people waiting, every sixth small one nearly sold out, every third large one mostly gone. */
function withSalesProfiles(events: readonly DemoEvent[]): DemoEvent[] {
  let small = 0;
  let large = 0;
  const profile = ({ venue }: DemoEvent, show: DemoShow): Sales => {
    if (show.salesOpenDay !== null) return 'some';
    if (venue.hall.capacity >= LARGE_HALL) return large++ % 3 === 1 ? 'mostlyBlocked' : 'some';
    if (venue.hall.capacity > SMALL_HALL_MAX) return 'some';
    small++;
    if (small === 1) return 'soldOutWithLine';
    return small % 6 === 0 ? 'nearlySoldOut' : 'some';
  };
  return events.map((event) => ({
    ...event,
    shows: event.shows.map((show) => ({ ...show, sales: profile(event, show) })),
  }));
}
