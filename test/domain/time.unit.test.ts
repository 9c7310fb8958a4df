import { expect, it } from 'vitest';
import { toIso, toMs } from '../../src/domain/time.ts';
import { fc } from './properties.ts';

it('reads every time as Date.parse does, however it is written', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => toMs(toIso(ms)) === ms));
  for (const written of [
    '2027-05-01T19:00:00+02:00',
    '2027-05-01T19:00:00Z',
    '2027-05-01',
    '2027-05-01T19:00:00.1Z',
    'no time',
  ]) {
    expect(toMs(written)).toBe(Date.parse(written));
  }
});

it('writes every time as Date does, also right after another', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 253_402_300_799_999 })), (times) =>
      times.every(
        (ms) => toIso(ms) === new Date(ms).toISOString() && toIso(ms) === new Date(ms).toISOString(),
      ),
    ),
  );
});
