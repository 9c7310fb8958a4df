import { expect, test } from 'vitest';
import { chordOf, groundOf, pointInSpace, type GeoPoint } from '../../src/domain/globe.ts';

function between(a: GeoPoint, b: GeoPoint): number {
  const [p, q] = [pointInSpace(a), pointInSpace(b)];
  return groundOf(Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
}

test('distances over the ground are the known ones', () => {
  const madrid = { lat: 40.4168, lon: -3.7038 };
  expect(between(madrid, { lat: 41.3874, lon: 2.1686 })).toBeCloseTo(505.4, 0);
  expect(between(madrid, madrid)).toBe(0);
  expect(between({ lat: 0, lon: 179.9 }, { lat: 0, lon: -179.9 })).toBeCloseTo(22.24, 1);
  expect(between({ lat: 90, lon: 0 }, { lat: -90, lon: 0 })).toBeCloseTo(20_015, 0);
});

test('ground and chord belong together, as far as half around the earth', () => {
  for (const km of [0, 0.5, 30, 1000, 20_000]) expect(groundOf(chordOf(km))).toBeCloseTo(km, 6);
  expect(chordOf(20_040)).toBeCloseTo(chordOf(30_000), 6);
});
