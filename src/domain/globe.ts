// Distances on the globe: places as points in space, so that "near" is a plain distance that an index understands.

const EARTH_KM = 6371.0088;

export interface GeoPoint {
  /** Degrees. */
  readonly lat: number;
  readonly lon: number;
}

/** Kilometres from the centre of the earth, to the millimetre: three numbers that mean the same on every machine. */
export function pointInSpace({ lat, lon }: GeoPoint): [number, number, number] {
  const phi = (lat * Math.PI) / 180;
  const lambda = (lon * Math.PI) / 180;
  const to = (km: number): number => Math.round(km * 1e6) / 1e6 + 0;
  return [
    to(EARTH_KM * Math.cos(phi) * Math.cos(lambda)),
    to(EARTH_KM * Math.cos(phi) * Math.sin(lambda)),
    to(EARTH_KM * Math.sin(phi)),
  ];
}

/** The straight line through the earth that is as long as this way over the ground, km; grows with it. */
export const chordOf = (groundKm: number): number =>
  2 * EARTH_KM * Math.sin(Math.min(groundKm / EARTH_KM, Math.PI) / 2);

/** The way over the ground that belongs to a straight line through the earth, km. */
export const groundOf = (chordKm: number): number =>
  2 * EARTH_KM * Math.asin(Math.min(chordKm / (2 * EARTH_KM), 1));

/** The same to the metre, as answers show it. */
export const shownKm = (chordKm: number): number => Math.round(groundOf(chordKm) * 1000) / 1000;
