// Venues as they are now, with what finding them takes: words, a point in space, and the city they stand in.
import { v5 } from 'uuid';
import { given } from '../../domain/edit.ts';
import { idOf, type RecordedEvent } from '../../domain/event.ts';
import { pointInSpace } from '../../domain/globe.ts';
import type { VenueEvent, VenueFields } from '../../domain/venue/events.ts';
import { fold, wordsOf } from '../../domain/words.ts';
import type { Handling, Projection } from '../projection.ts';
import { loadRows, saveRows } from './rows.ts';

/** Name space of city ids: the same city has the same id everywhere. */
const CITIES = '6f0f6d0e-7f0c-5d5e-9a56-0b1f6e0f3c11';

interface VenueRow {
  readonly id: string;
  readonly name: string;
  readonly time_zone: string;
  readonly address: string | null;
  readonly city: string;
  readonly country: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
  /** Revision of the last edit. */
  readonly version: number;
  readonly [derived: string]: unknown;
}

export function venues(): Projection {
  return {
    name: 'venues',
    version: 2,
    types: ['VenueCreated', 'VenueEdited'],
    exposes: ['venues'],
    tables: `
      create table venues (
        id uuid primary key,
        name text not null,
        time_zone text not null,
        address text,
        city text not null,
        country text,
        lat float8,
        lon float8,
        version integer not null,
        city_id uuid not null,
        -- Folded, for alphabetical order.
        name_key text not null,
        city_key text not null,
        -- Kilometres from the centre of the earth; null without coordinates.
        point cube,
        name_words tsvector not null,
        city_words tsvector not null
      )`,
    indexes: [
      'venues_by_city on venues (city_key, city_id)',
      'venues_of_city on venues (city_id)',
      'venues_by_name on venues (name_key, id)',
      'venues_by_place on venues using gist (point)',
      'venues_by_name_words on venues using gin (name_words)',
      'venues_by_city_words on venues using gin (city_words)',
    ],
    handle,
  };
}

async function handle(events: readonly RecordedEvent[], { tx }: Handling): Promise<void> {
  const rows = await loadRows<VenueRow>(tx, 'venues', 'id', new Set(events.map((e) => idOf(e.stream))));
  for (const recorded of events) {
    const event = recorded as RecordedEvent & VenueEvent;
    const id = idOf(event.stream);
    if (event.type === 'VenueCreated')
      rows.set(id, { id, ...columns(event.data), version: event.revision } as VenueRow);
    else if (event.type === 'VenueEdited')
      rows.set(id, { ...rows.get(id)!, ...columns(event.data), version: event.revision });
  }
  await saveRows(tx, 'venues', 'id', [...rows.values()].map(withDerived));
}

const columns = ({ name, timeZone, address, city, country, lat, lon }: Partial<VenueFields>) =>
  given({ name, time_zone: timeZone, address, city, country, lat, lon });

function withDerived({ id, name, time_zone, address, city, country, lat, lon, version }: VenueRow): VenueRow {
  const cityKey = wordsOf(city).join(' ') || fold(city);
  return {
    id,
    name,
    time_zone,
    address: address ?? null,
    city,
    country: country ?? null,
    lat: lat ?? null,
    lon: lon ?? null,
    version,
    city_id: v5(`${(country ?? '').toUpperCase()}/${cityKey}`, CITIES),
    name_key: fold(name),
    city_key: cityKey,
    point: lat == null || lon == null ? null : `(${pointInSpace({ lat, lon }).join(',')})`,
    name_words: lexemes(name),
    city_words: lexemes(city),
  };
}

/** A tsvector literal of a text's words; they are letters and digits only. */
const lexemes = (text: string): string => [...new Set(wordsOf(text))].map((word) => `'${word}'`).join(' ');
