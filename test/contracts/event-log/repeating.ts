// An append whose answer was lost is sent again: same events, same expected revision, same answer, nothing twice.
import { describe, expect, test } from 'vitest';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import { eventsOf, idsOf, newEvents, newStream } from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';

export function repeating(opened: () => LogUnderTest): void {
  describe('appending again', () => {
    test('a repeated first append is answered as the first time', async () => {
      const { log } = opened();
      const stream = newStream();
      const events = newEvents(3);
      const first = await log.append(stream, NO_STREAM, events);
      expect(await log.append(stream, NO_STREAM, events)).toEqual(first);
      expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(events));
    });

    test('a repeated append is recognised after others have followed it', async () => {
      const { log, other } = opened();
      const stream = newStream();
      await log.append(stream, NO_STREAM, newEvents(2));
      const events = newEvents(2);
      const first = await log.append(stream, 1, events);
      await log.append(stream, 3, newEvents(5));
      expect(await other.append(stream, 1, events)).toEqual(first);
      expect(await eventsOf(log, stream)).toHaveLength(9);
    });

    test('twenty repetitions at once, in two processes, write the events once', async () => {
      const { log, other } = opened();
      const stream = newStream();
      const events = newEvents(4);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? log : other).append(stream, NO_STREAM, events)),
      );
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toMatchObject({ kind: 'appended', revision: 3 });
      expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(events));
    });

    test('a repetition in the same moment as a conflict and as new events', async () => {
      const { log } = opened();
      const [repeated, stale, fresh] = [newStream(), newStream(), newStream()];
      const events = newEvents(2);
      const first = await log.append(repeated, NO_STREAM, events);
      await log.append(stale, NO_STREAM, newEvents(1));
      const blocker = log.append(newStream(), NO_STREAM, newEvents(1));
      const answers = await Promise.all([
        log.append(repeated, NO_STREAM, events),
        log.append(stale, NO_STREAM, newEvents(3)),
        log.append(fresh, NO_STREAM, newEvents(2)),
      ]);
      await blocker;
      const position = (await eventsOf(log, fresh)).at(-1)!.position;
      expect(answers).toEqual([
        first,
        { kind: 'conflict', revision: 0 },
        { kind: 'appended', revision: 1, position },
      ]);
    });

    test.for([
      ['only the first of them', (ids: string[]) => ids.slice(0, 2), -1],
      ['one more than them', (ids: string[]) => [...ids, crypto.randomUUID()], -1],
      ['them in another order', (ids: string[]) => ids.toReversed(), -1],
      ['them with one exchanged', (ids: string[]) => ids.with(1, crypto.randomUUID()), -1],
      ['them at another revision', (ids: string[]) => ids, 0],
    ] as const)('%s', async ([what, change, expected]) => {
      const { log } = opened();
      const stream = newStream();
      const events = newEvents(3);
      await log.append(stream, NO_STREAM, events);
      const again = change(idsOf(events)).map((id) => ({ ...events[0]!, id }));
      const answer = await log.append(stream, expected, again);
      // The same beginning lies there, so that much is already appended; anything else is somebody else's.
      expect(answer).toMatchObject(
        what === 'only the first of them'
          ? { kind: 'appended', revision: 1 }
          : { kind: 'conflict', revision: 2 },
      );
      expect(await eventsOf(log, stream)).toHaveLength(3);
    });
  });
}
