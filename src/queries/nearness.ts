// What is near, for SQL: places as points in space, of which an index knows the nearest.
import { sql, type RawBuilder } from 'kysely';
import { chordOf, pointInSpace, type GeoPoint } from '../domain/globe.ts';
import type { ReadModels } from './query.ts';

/** Metres, in keys of a sort by distance: of what has no coordinates. */
export const NO_DISTANCE = 2_147_483_647;

export const cube = (near: GeoPoint): RawBuilder<unknown> =>
  sql`${`(${pointInSpace(near).join(',')})`}::cube`;

export const within = (near: GeoPoint, radiusKm: number): RawBuilder<unknown> =>
  sql`select id from read.venues where point <@ cube_enlarge(${cube(near)}, ${chordOf(radiusKm)}::float8, 3) and point <-> ${cube(near)} <= ${chordOf(radiusKm)}::float8`;

/** Ids of the venues within a radius. */
export async function venuesWithin(db: ReadModels, near: GeoPoint, radiusKm: number): Promise<string[]> {
  const found = await sql<{ id: string }>`${within(near, radiusKm)}`.execute(db);
  return found.rows.map((row) => row.id);
}
