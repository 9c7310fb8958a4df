import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidCursor, readCursor, writeCursor } from '../../src/queries/cursor.ts';

const read = (time: unknown) =>
  readCursor(writeCursor('a question', [time as string]), 'a question', ['time']);

test('a cursor has the times that Postgres has, as they are written here', () => {
  for (const time of ['0001-01-01T00:00:00.000Z', '2024-02-29T12:00:00.000Z', '9999-12-31T23:59:59.999Z'])
    expect(read(time)).toEqual([time]);
  for (const time of [
    '0000-12-31T23:59:59.999Z',
    '-000001-01-01T00:00:00.000Z',
    '+010000-01-01T00:00:00.000Z',
    '2021-02-30T00:00:00.000Z',
    '2021-01-01T24:00:00.000Z',
    '2021-01-01T00:00:00Z',
    '2021-01-01',
    '',
    0,
    null,
  ])
    expect(() => read(time), String(time)).toThrow(InvalidCursor);
});

const kinds = {
  integer: fc.maxSafeInteger(),
  // JSON has no other zero.
  number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  text: fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !text.includes('\0')),
  uuid: fc.uuid(),
  time: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
};
const part = fc
  .constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[]))
  .chain((kind) => fc.tuple(fc.constant(kind), kinds[kind] as fc.Arbitrary<string | number>));

test('whatever a page ended with is read from its cursor as it was, and by no other question', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(part, { maxLength: 4 }), (question, parts) => {
      const cursor = writeCursor(
        { question },
        parts.map(([, value]) => value),
      );
      const due = parts.map(([kind]) => kind);
      expect(readCursor(cursor, { question }, due)).toEqual(parts.map(([, value]) => value));
      expect(() => readCursor(cursor, { question: [question] }, due)).toThrow(InvalidCursor);
      expect(() => readCursor(cursor, { question }, [...due, 'text'])).toThrow(InvalidCursor);
    }),
    { numRuns: 500 },
  );
});

test('whatever anybody writes as a cursor is refused, and breaks nothing', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  );
  fc.assert(
    fc.property(anything, (cursor) => {
      expect(() => readCursor(cursor, 'a question', ['time', 'uuid'])).toThrow(InvalidCursor);
    }),
    { numRuns: 500 },
  );
});
