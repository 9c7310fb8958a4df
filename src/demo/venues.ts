// The demo's venues: made-up houses at real places, three to five in each city.
import { Chance } from './chance.ts';
import { CITIES } from './cities.ts';
import type { City } from './cities.ts';
import { arena, cellar, club, concertHall, stadium, studio, theatre } from './halls.ts';
import type { Hall } from './halls.ts';

export interface DemoVenue {
  readonly key: string;
  readonly name: string;
  readonly city: City;
  readonly address: string;
  readonly lat: number;
  readonly lon: number;
  readonly hall: Hall;
}

/** Within about 3 km of the middle of the city. */
const SPREAD_DEGREES = 0.025;
const STADIUM_CITY = 'Madrid';
const ARENA_CITIES = new Set(['Barcelona', 'Berlin', 'London']);
const CONCERT_HALL_CITIES = new Set(['Wien', 'Amsterdam', 'Tokyo', 'Lisboa']);

const CELLARS = ['Cellar Nine', 'The Lamp', 'Under the Stairs'];
const CLUBS = ['Moon Club', 'Blue Door', 'Depot'];
const THEATRES = ['Aurora', 'Mercury', 'Olympia', 'Central'];
const THEATRE: Readonly<Record<string, string>> = {
  es: 'Teatro',
  ca: 'Teatre',
  pt: 'Teatro',
  fr: 'Théâtre',
  de: 'Theater',
  nl: 'Theater',
  it: 'Teatro',
  sv: 'Teatern',
};

/** The same for the same seed: 56 venues, the stadium among them. */
export function demoVenues(seed: number): DemoVenue[] {
  return CITIES.flatMap((city, c) => {
    const chance = new Chance(seed, city.name);
    return hallsOf(city, c).map(([name, hall], i) => ({
      key: `${city.name}/${i}`,
      name,
      city,
      address: `${city.street} ${chance.between(1, 120)}`,
      lat: near(city.lat, chance),
      lon: near(city.lon, chance),
      hall,
    }));
  });
}

function hallsOf(city: City, c: number): [string, Hall][] {
  const halls: [string, Hall][] = [
    c % 3 === 0
      ? [`${nth(CELLARS, c)} ${city.name}`, cellar()]
      : [`${nth(CLUBS, c)} ${city.name}`, club(140 + 20 * (c % 5))],
    [`Studio ${city.name}`, studio(8 + (c % 6))],
    [`${THEATRE[city.languages[0] ?? ''] ?? 'Theatre'} ${nth(THEATRES, c)}`, theatre(18 + 3 * (c % 6))],
  ];
  if (city.name === STADIUM_CITY) halls.push([`Estadio ${city.name}`, stadium()]);
  if (ARENA_CITIES.has(city.name)) halls.push([`${city.name} Arena`, arena()]);
  if (CONCERT_HALL_CITIES.has(city.name)) halls.push([`${city.name} Concert Hall`, concertHall()]);
  return halls;
}

function nth(list: readonly string[], n: number): string {
  return list[n % list.length] ?? '';
}

function near(degrees: number, chance: Chance): number {
  return Math.round((degrees + (chance.next() * 2 - 1) * SPREAD_DEGREES) * 1e5) / 1e5;
}
