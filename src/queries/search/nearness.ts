// What is near, for SQL: places as points in space, of which an index knows the nearest.
import { sql, type RawBuilder } from 'kysely';
import { chordOf, pointInSpace, type GeoPoint } from '../../domain/globe.ts';
import type { ReadModels } from '../query.ts';

/** Metres, in keys of a sort by distance: of what has no coordinates. */
export const NO_DISTANCE = 2_147_483_647;

export const cube = (near: GeoPoint): RawBuilder<unknown> =>
  sql`${`(${pointInSpace(near).join(',')})`}::cube`;

/** Of a venue: whether it stands within a radius. */
export const within = (near: GeoPoint, radiusKm: number): RawBuilder<unknown> =>
  sql`point <@ cube_enlarge(${cube(near)}, ${chordOf(radiusKm)}::float8, 3) and point <-> ${cube(near)} <= ${chordOf(radiusKm)}::float8`;

export interface VenueThere {
  readonly id: string;
  /** Text of a `tsquery`: the words of its city, as documents have them. */
  readonly cityQuery: string;
}

/** Those of which a condition holds. */
export async function venuesWhere(db: ReadModels, condition: RawBuilder<unknown>): Promise<VenueThere[]> {
  const found = await sql<VenueThere>`
    select id, plainto_tsquery('simple', city_key)::text as "cityQuery" from read.venues where ${condition}`.execute(
    db,
  );
  return found.rows;
}
