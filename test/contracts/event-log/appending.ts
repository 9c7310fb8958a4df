// Expected revisions, one append at a time.
import { describe, expect, test } from 'vitest';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import { eventsOf, idsOf, newEvent, newEvents, newStream } from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';

export function appending(opened: () => LogUnderTest): void {
  describe('appending', () => {
    test('the first events of a stream start at revision 0', async () => {
      const { log } = opened();
      const stream = newStream();
      const before = await log.lastPosition();
      const answer = await log.append(stream, NO_STREAM, newEvents(3));
      const events = await eventsOf(log, stream);
      expect(answer).toEqual({ kind: 'appended', revision: 2, position: events.at(-1)!.position });
      expect(events.map((event) => event.revision)).toEqual([0, 1, 2]);
      expect(events[0]!.position).toBeGreaterThan(before);
      expect(await log.lastPosition()).toBe(events.at(-1)!.position);
    });

    test('further events are appended at the stream’s exact revision', async () => {
      const { log } = opened();
      const stream = newStream();
      await log.append(stream, NO_STREAM, newEvents(2));
      expect(await log.append(stream, 1, newEvents(1))).toMatchObject({ kind: 'appended', revision: 2 });
    });

    test('a stream that must not exist but does is a conflict', async () => {
      const { log } = opened();
      const stream = newStream();
      await log.append(stream, NO_STREAM, newEvents(2));
      expect(await log.append(stream, NO_STREAM, newEvents(1))).toEqual({ kind: 'conflict', revision: 1 });
      expect(await eventsOf(log, stream)).toHaveLength(2);
    });

    test.for([-1, 0, 1, 3, 4, 1_000])(
      'expecting %i of a stream at revision 2 is a conflict',
      async (expected) => {
        const { log } = opened();
        const stream = newStream();
        await log.append(stream, NO_STREAM, newEvents(3));
        const before = await log.lastPosition();
        expect(await log.append(stream, expected, newEvents(2))).toEqual({ kind: 'conflict', revision: 2 });
        expect(await log.lastPosition()).toBe(before);
      },
    );

    test('expecting a revision of a stream that does not exist is a conflict at −1', async () => {
      const { log } = opened();
      expect(await log.append(newStream(), 0, newEvents(1))).toEqual({ kind: 'conflict', revision: -1 });
    });

    test('many events are appended all or none', async () => {
      const { log } = opened();
      const stream = newStream();
      const events = newEvents(700);
      expect(await log.append(stream, NO_STREAM, events)).toMatchObject({ kind: 'appended', revision: 699 });
      expect(await log.append(stream, 698, newEvents(700))).toEqual({ kind: 'conflict', revision: 699 });
      expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(events));
    });
  });

  describe('appending no events', () => {
    test('tells where the stream is, and writes nothing', async () => {
      const { log } = opened();
      const stream = newStream();
      const appended = await log.append(stream, NO_STREAM, newEvents(3));
      const before = await log.lastPosition();
      expect(await log.append(stream, 2, [])).toEqual(appended);
      expect(await log.append(stream, 1, [])).toEqual({ kind: 'conflict', revision: 2 });
      expect(await log.append(stream, NO_STREAM, [])).toEqual({ kind: 'conflict', revision: 2 });
      expect(await log.lastPosition()).toBe(before);
    });

    test('of a stream that does not exist', async () => {
      const { log } = opened();
      const stream = newStream();
      expect(await log.append(stream, NO_STREAM, [])).toEqual({
        kind: 'appended',
        revision: -1,
        position: -1,
      });
      expect(await log.append(stream, 0, [])).toEqual({ kind: 'conflict', revision: -1 });
    });

    test('sees what another process has just written', async () => {
      const { log, other } = opened();
      const stream = newStream();
      for (let revision = -1; revision < 20; revision += 1) {
        await other.append(stream, revision, newEvents(1));
        expect(await log.append(stream, revision, [])).toEqual({ kind: 'conflict', revision: revision + 1 });
      }
    });

    test('many checks at once each get their own verdict', async () => {
      const { log } = opened();
      const streams = Array.from({ length: 40 }, newStream);
      await Promise.all(
        streams.map((stream, index) => log.append(stream, NO_STREAM, newEvents(1 + (index % 3)))),
      );
      const verdicts = await Promise.all(streams.map((stream, index) => log.append(stream, index % 2, [])));
      expect(verdicts.map((verdict) => [verdict.kind, verdict.revision])).toEqual(
        streams.map((_, index) => [index % 3 === index % 2 ? 'appended' : 'conflict', index % 3]),
      );
    });
  });

  describe('an event that no log can keep', () => {
    test.for([
      ['U+0000 in a string', newEvent({ name: 'a\0b' })],
      ['U+0000 in a field’s name', newEvent({ 'a\0b': 1 })],
      ['half a surrogate pair', newEvent({ name: '\ud83d' })],
      ['no data', newEvent(() => {})],
      ['an id that is no UUID', { ...newEvent(), id: '17' }],
      ['no type', { ...newEvent(), type: '' }],
    ] as const)('%s is refused, and nothing is written', async ([, event]) => {
      const { log } = opened();
      const stream = newStream();
      const beside = newStream();
      const verdicts = await Promise.allSettled([
        log.append(beside, NO_STREAM, newEvents(1)),
        log.append(stream, NO_STREAM, [newEvent(), event]),
      ]);
      expect(verdicts).toMatchObject([
        { status: 'fulfilled' },
        { status: 'rejected', reason: expect.any(TypeError) },
      ]);
      expect(await eventsOf(log, stream)).toEqual([]);
      expect(await eventsOf(log, beside)).toHaveLength(1);
    });

    test('nor can a stream without a name be', async () => {
      await expect(opened().log.append('', NO_STREAM, newEvents(1))).rejects.toThrow(TypeError);
    });
  });
}
