// Reading one stream, and the whole log.
import { describe, expect, test } from 'vitest';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import { allAfter, eventsOf, newEvent, newEvents, newStream } from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';

export function reading(opened: () => LogUnderTest): void {
  const revisions = async (stream: string, from: number, limit?: number) =>
    (await eventsOf(opened().log, stream, from, limit)).map((event) => event.revision);

  describe('reading a stream', () => {
    test('an unknown stream is empty', async () => {
      expect(await revisions(newStream(), 0)).toEqual([]);
    });

    test('from a revision on, at most as many as asked for', async () => {
      const { log } = opened();
      const stream = newStream();
      await log.append(stream, NO_STREAM, newEvents(10));
      expect(await revisions(stream, 7)).toEqual([7, 8, 9]);
      expect(await revisions(stream, 3, 2)).toEqual([3, 4]);
      expect(await revisions(stream, 9, 5)).toEqual([9]);
      expect(await revisions(stream, 10)).toEqual([]);
      expect(await revisions(stream, 0, 0)).toEqual([]);
    });

    test('a long stream comes in pages, whole and in order', async () => {
      const { log } = opened();
      const stream = newStream();
      for (let n = 0; n < 4; n += 1) await log.append(stream, n * 3_000 - 1, newEvents(3_000));
      const all = Array.from({ length: 12_000 }, (_, n) => n);
      expect(await revisions(stream, 0)).toEqual(all);
      expect(await revisions(stream, 2_000)).toEqual(all.slice(2_000));
      expect(await revisions(stream, 0, 5_001)).toEqual(all.slice(0, 5_001));
      expect(await revisions(stream, 2_000, 5_000)).toEqual(all.slice(2_000, 7_000));
    });

    test('one may stop in the middle', async () => {
      const { log } = opened();
      const stream = newStream();
      for (let n = 0; n < 4; n += 1) await log.append(stream, n * 3_000 - 1, newEvents(3_000));
      for (let round = 0; round < 10; round += 1) {
        for await (const page of log.readStream(stream, 0)) {
          expect(page[0]!.revision).toBe(0);
          break;
        }
      }
      expect(await revisions(stream, 11_999)).toEqual([11_999]);
    });
  });

  describe('reading the whole log', () => {
    test('after a position, at most as many as asked for', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      await log.append(newStream(), NO_STREAM, newEvents(5));
      expect((await log.readAll(before, 3)).map((event) => event.position)).toEqual([
        before + 1,
        before + 2,
        before + 3,
      ]);
      expect((await log.readAll(before + 3, 100)).map((event) => event.position)).toEqual([
        before + 4,
        before + 5,
      ]);
      expect(await log.readAll(before + 5, 100)).toEqual([]);
      expect(await log.readAll(before + 500, 100)).toEqual([]);
      expect(await log.lastPosition()).toBe(before + 5);
    });

    test('from the beginning there is no gap', async () => {
      const { log } = opened();
      await log.append(newStream(), NO_STREAM, newEvents(2));
      const events = await allAfter(log, 0, 5_000);
      expect(events.every((event, index) => event.position === index + 1)).toBe(true);
      expect(events).toHaveLength(await log.lastPosition());
    });

    test('only some types, or only some streams', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      const [one, two, three] = [newStream(), newStream(), newStream()];
      for (const stream of [one, two, three])
        await log.append(stream, NO_STREAM, [newEvent({}, 'A'), newEvent({}, 'B'), newEvent({}, 'C')]);
      const found = async (only: { types?: string[]; streams?: string[] }, limit = 100) =>
        (await log.readAll(before, limit, only)).map((event) => event.position - before);
      expect(await found({ types: ['B'] })).toEqual([2, 5, 8]);
      expect(await found({ types: ['C', 'A'] }, 4)).toEqual([1, 3, 4, 6]);
      expect(await found({ streams: [three, one] })).toEqual([1, 2, 3, 7, 8, 9]);
      expect(await found({ streams: [two], types: ['A', 'D'] })).toEqual([4]);
      expect(await found({ streams: [newStream()] })).toEqual([]);
      expect(await found({ types: [] })).toEqual([]);
    });
  });

  test('the log has a clock', async () => {
    expect(Math.abs((await opened().log.now()) - Date.now())).toBeLessThan(1_000);
  });
}
