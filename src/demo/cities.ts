// The demo's cities: real ones, with their real places on the map, zones, languages and money.
import { ca } from './words/ca.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';
import { fr } from './words/fr.ts';
import { it } from './words/it.ts';
import { ja } from './words/ja.ts';
import { nl } from './words/nl.ts';
import { pt } from './words/pt.ts';
import { sv } from './words/sv.ts';
import type { Words } from './words/words.ts';

export const WORDS: Readonly<Record<string, Words>> = { ca, de, en, es, fr, it, ja, nl, pt, sv };

export interface City {
  readonly name: string;
  readonly country: string;
  readonly timeZone: string;
  readonly lat: number;
  readonly lon: number;
  /** The first is the most usual one. */
  readonly languages: readonly string[];
  readonly currency: string;
  /** Minor units that ten euros come to here, roundly. */
  readonly tenEuros: number;
  readonly street: string;
}

const city = (
  name: string,
  country: string,
  timeZone: string,
  [lat, lon]: readonly [number, number],
  languages: readonly string[],
  [currency, tenEuros]: readonly [string, number],
  street: string,
): City => ({ name, country, timeZone, lat, lon, languages, currency, tenEuros, street });

const EUR = ['EUR', 1000] as const;

export const CITIES: readonly City[] = [
  city('Madrid', 'ES', 'Europe/Madrid', [40.4168, -3.7038], ['es'], EUR, 'Calle del Olmo'),
  city('Barcelona', 'ES', 'Europe/Madrid', [41.3874, 2.1686], ['ca', 'es'], EUR, 'Carrer de la Lluna'),
  city('Sevilla', 'ES', 'Europe/Madrid', [37.3891, -5.9845], ['es'], EUR, 'Calle Feria'),
  city('Las Palmas', 'ES', 'Atlantic/Canary', [28.1235, -15.4363], ['es'], EUR, 'Calle Triana'),
  city('Lisboa', 'PT', 'Europe/Lisbon', [38.7223, -9.1393], ['pt'], EUR, 'Rua da Rosa'),
  city('Paris', 'FR', 'Europe/Paris', [48.8566, 2.3522], ['fr'], EUR, 'Rue des Martyrs'),
  city('Berlin', 'DE', 'Europe/Berlin', [52.52, 13.405], ['de', 'en'], EUR, 'Torstraße'),
  city('Wien', 'AT', 'Europe/Vienna', [48.2082, 16.3738], ['de'], EUR, 'Neubaugasse'),
  city('London', 'GB', 'Europe/London', [51.5074, -0.1278], ['en'], ['GBP', 850], 'Lamb Street'),
  city('Amsterdam', 'NL', 'Europe/Amsterdam', [52.3676, 4.9041], ['nl', 'en'], EUR, 'Elandsgracht'),
  city('Roma', 'IT', 'Europe/Rome', [41.9028, 12.4964], ['it'], EUR, 'Via dei Serpenti'),
  city('Stockholm', 'SE', 'Europe/Stockholm', [59.3293, 18.0686], ['sv'], ['SEK', 11_500], 'Bondegatan'),
  city('New York', 'US', 'America/New_York', [40.7128, -74.006], ['en'], ['USD', 1100], 'Orchard Street'),
  city(
    'Buenos Aires',
    'AR',
    'America/Argentina/Buenos_Aires',
    [-34.6037, -58.3816],
    ['es'],
    ['USD', 1100],
    'Calle Defensa',
  ),
  city('Tokyo', 'JP', 'Asia/Tokyo', [35.6762, 139.6503], ['ja'], ['JPY', 1600], 'Kagurazaka'),
  city('Sydney', 'AU', 'Australia/Sydney', [-33.8688, 151.2093], ['en'], ['AUD', 1700], 'Crown Street'),
];
