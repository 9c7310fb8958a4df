// Venues as the API shows them.
import { sql, type RawBuilder } from 'kysely';
import type { VenueFound } from '../ports/search-index.ts';
import { isUuidInAnyCase, type Query } from './query.ts';

/** The members of the venue of alias `v`, for json_build_object: jsonb would sort them, and the order of the contract reads better. */
export const venueMembers = sql`'id', v.id, 'name', v.name, 'address', v.address, 'city', v.city, 'country', v.country, 'lat', v.lat, 'lon', v.lon, 'timeZone', v.time_zone`;
export const venueObject: RawBuilder<VenueFound> = sql<VenueFound>`json_build_object(${venueMembers})`;

/** null: there is no such venue. `version` is for edits. */
export const venue: Query<string, (VenueFound & { readonly version: number }) | null> = {
  restsOn: ['venues'],
  async run(db, id) {
    if (!isUuidInAnyCase(id)) return null;
    const found = await sql<{
      venue: VenueFound;
      version: number;
    }>`select ${venueObject} as venue, v.version from read.venues v where v.id = ${id}::uuid`.execute(db);
    const [row] = found.rows;
    return row ? { ...row.venue, version: row.version } : null;
  },
};
