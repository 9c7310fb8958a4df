// What goes in comes out: every JSON value, in order, under its own stream only.
import { describe, expect, test } from 'vitest';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import { eventsOf, newEvent, newStream } from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';

const VALUES: [string, unknown][] = [
  ['an empty object', {}],
  ['an empty array', []],
  ['null', null],
  ['nested emptiness', { a: {}, b: [[], {}], c: null, d: '' }],
  [
    'numbers',
    {
      integer: 9_007_199_254_740_991,
      negative: -1,
      fraction: 0.1,
      small: 5e-324,
      large: 1.7976931348623157e308,
      zero: 0,
    },
  ],
  ['truth values', [true, false]],
  ['letters of many scripts', { name: 'Ünïcødé · 東京 · Ελλάδα · עברית · é (composed) é (decomposed)' }],
  ['characters beyond 16 bits', '🎟️🎭 👩‍👩‍👧 𝄞'],
  ['every escape of JSON', '"\\/\b\f\n\r\t\u0001\u001f\u007f\u2028\u2029'],
  ['a backslash before u0000', { text: String.raw`\u0000 and \\u0000 and \ud800`, [String.raw`\u0000`]: 1 }],
  ['what looks like SQL or an array', `'; drop table events; -- {a,"b"} $1 NULL`],
  ['names like those of objects', JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}')],
];

export function contents(opened: () => LogUnderTest): void {
  describe('contents', () => {
    test.for(VALUES)('%s comes back as it was', async ([, data]) => {
      const { log } = opened();
      const stream = newStream();
      const event = newEvent(data);
      await log.append(stream, NO_STREAM, [event]);
      const [recorded] = await eventsOf(log, stream);
      expect(recorded!.data).toEqual(data);
      expect(JSON.stringify(recorded!.data).length).toBe(JSON.stringify(data).length);
    });

    test('an event carries its id, type, metadata, stream, revision and position', async () => {
      const { log } = opened();
      const stream = newStream();
      const event = newEvent({ seats: ['A-1'] }, 'BookingConfirmed');
      const metadata = {
        ...event.metadata,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      };
      const answer = await log.append(stream, NO_STREAM, [{ ...event, metadata }]);
      const { position } = answer as { position: number };
      expect(await eventsOf(log, stream)).toEqual([{ ...event, metadata, stream, revision: 0, position }]);
    });

    test('the events of one append keep their order', async () => {
      const { log } = opened();
      const stream = newStream();
      await log.append(
        stream,
        NO_STREAM,
        Array.from({ length: 300 }, (_, n) => newEvent({ n }, `Type${299 - n}`)),
      );
      expect((await eventsOf(log, stream)).map((event) => (event.data as { n: number }).n)).toEqual(
        Array.from({ length: 300 }, (_, n) => n),
      );
    });

    test('an event of a megabyte', async () => {
      const { log } = opened();
      const stream = newStream();
      const data = { text: 'é"'.repeat(330_000), n: 1 };
      await log.append(stream, NO_STREAM, [newEvent(data)]);
      expect((await eventsOf(log, stream))[0]!.data).toEqual(data);
    });

    test('a seating plan of 100,000 seats: twenty events of several hundred kilobytes in one append', async () => {
      const { log } = opened();
      const stream = newStream();
      const block = (n: number) =>
        newEvent({
          seats: Array.from({ length: 5_000 }, (_, seat) => ({
            id: `B${n}-R${Math.floor(seat / 100)}-S${seat % 100}`,
            x: seat * 1.5,
            y: n,
            label: `${seat}`,
          })),
        });
      const events = Array.from({ length: 20 }, (_, n) => block(n));
      expect(await log.append(stream, NO_STREAM, events)).toMatchObject({ kind: 'appended', revision: 19 });
      const read = await eventsOf(log, stream);
      expect(read.map((event) => event.data)).toEqual(events.map((event) => event.data));
    });

    test('streams with similar names are strangers', async () => {
      const { log } = opened();
      const base = newStream();
      const names = [
        base,
        base.toUpperCase(),
        `${base} `,
        ` ${base}`,
        `${base}%`,
        `${base}_`,
        base.slice(0, -1),
        `${base}é`,
        `${base}e\u0301`,
        `${base}"{},\\`,
      ];
      const answers = await Promise.all(
        names.map((name, index) => log.append(name, NO_STREAM, [newEvent({ index })])),
      );
      expect(answers.map((answer) => answer.kind)).toEqual(names.map(() => 'appended'));
      for (const [index, name] of names.entries()) {
        expect((await eventsOf(log, name)).map((event) => event.data)).toEqual([{ index }]);
        expect(await log.append(name, 0, [])).toMatchObject({ kind: 'appended', revision: 0 });
      }
    });
  });
}
