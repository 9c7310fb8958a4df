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
