// Local times and decimal prices: exact, whatever the clocks and the currency do.
import { describe, expect, test } from 'vitest';
import { toMinorUnits } from '../../../src/adapters/feeds/decimal-price.ts';
import { localToUtc } from '../../../src/adapters/feeds/local-time.ts';

describe('a local time', () => {
  test.each([
    ['2021-06-30T21:00:00', 'Europe/Madrid', '2021-06-30T19:00:00.000Z'],
    ['2021-02-10T20:00:00', 'Europe/Madrid', '2021-02-10T19:00:00.000Z'],
    ['2021-02-10T20:00', 'Atlantic/Canary', '2021-02-10T20:00:00.000Z'],
    ['2021-02-10T20:00:00Z', 'Europe/Madrid', '2021-02-10T20:00:00.000Z'],
    ['2021-02-10T20:00:00-03:30', 'Europe/Madrid', '2021-02-10T23:30:00.000Z'],
    ['2024-02-29T00:00:00', 'UTC', '2024-02-29T00:00:00.000Z'],
  ])('%s in %s', (written, zone, utc) => expect(localToUtc(written, zone)).toBe(utc));

  test('that the clocks skip is moved forward by what they skip', () => {
    expect(localToUtc('2021-03-28T02:30:00', 'Europe/Madrid')).toBe('2021-03-28T01:30:00.000Z');
  });

  test('that the clocks show twice means the first', () => {
    expect(localToUtc('2021-10-31T02:30:00', 'Europe/Madrid')).toBe('2021-10-31T00:30:00.000Z');
    expect(localToUtc('2021-11-07T01:30:00', 'America/New_York')).toBe('2021-11-07T05:30:00.000Z');
  });

  test.each([
    '2021-09-31T20:00:00',
    '2021-02-29T00:00:00',
    '2021-13-01T00:00:00',
    '2021-01-01T24:00:00',
    '2021-01-01T10:60:00',
    '2021-01-01',
    '20210101T100000',
    '0000-01-01T00:00:00',
    '',
    'now',
    '2021-02-10T20:00:00+24:00',
    '2021-02-10T20:00:00+01:60',
  ])('%s is none', (written) => expect(localToUtc(written, 'Europe/Madrid')).toBeNull());

  test('whose year in UTC has five digits is none: no database takes it', () => {
    expect(localToUtc('9999-12-31T23:59:59', 'Europe/Madrid')).toBe('9999-12-31T22:59:59.000Z');
    expect(localToUtc('9999-12-31T23:59:59', 'America/New_York')).toBeNull();
  });
});

describe('a decimal price', () => {
  test.each([
    ['20.00', 'EUR', 2000],
    ['20', 'EUR', 2000],
    ['20.5', 'EUR', 2050],
    ['0.29', 'EUR', 29],
    ['1.10', 'EUR', 110],
    ['19.990', 'EUR', 1999],
    ['0', 'EUR', 0],
    ['1500', 'JPY', 1500],
    ['1500.00', 'JPY', 1500],
    ['1.234', 'KWD', 1234],
    ['999999999.99', 'EUR', 99_999_999_999],
  ])('%s %s', (written, currency, minor) => expect(toMinorUnits(written, currency)).toBe(minor));

  test.each(['abc', '', '-1', '+1', '1,50', '1e3', '.5', '1.', '0x10', '1.001', '1234567890', 'NaN'])(
    '%s is none',
    (written) => expect(toMinorUnits(written, 'EUR')).toBeNull(),
  );
});
