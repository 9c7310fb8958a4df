// A venue as the api shows it.
import type { VenueFields } from './events.ts';
import type { VenueState } from './venue.ts';

export interface VenueView extends VenueFields {
  readonly id: string;
  readonly version: number;
}

/** null: there is no such venue. */
export function venueView(id: string, { fields, version }: VenueState): VenueView | null {
  if (fields === null) return null;
  const { name, timeZone, address, city, country, lat, lon } = fields;
  return { id, version, name, timeZone, address, city, country, lat, lon };
}
