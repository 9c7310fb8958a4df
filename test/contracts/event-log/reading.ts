// Reading one stream, and the whole log.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import {
  allAfter,
  eventsOf,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  onlyGrowing,
  pagesAfter,
  positionsOf,
} from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';

/** Of a megabyte each. */
const longEvents = (count: number) =>
  Array.from({ length: count }, () => newEvent({ text: randomBytes(750_000).toString('base64') }, 'Long'));

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
      expect(await revisions(stream, 2 ** 31)).toEqual([]);
      expect(await revisions(stream, Number.MAX_SAFE_INTEGER)).toEqual([]);
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

    test('large events come whole and in order too, also to a subscriber', async () => {
      const { log } = opened();
      const stream = newStream();
      const before = await log.lastPosition();
      const text = () => randomBytes(750_000).toString('base64');
      const events = Array.from({ length: 24 }, () => newEvent({ text: text() }));
      for (let n = 0; n < 24; n += 6) await log.append(stream, n - 1, events.slice(n, n + 6));
      expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(events));
      expect(idsOf(await eventsOf(log, stream, 3, 17))).toEqual(idsOf(events.slice(3, 20)));
      const stop = new AbortController();
      const followed: string[] = [];
      const note = (some: RecordedEvent[]) => {
        followed.push(...idsOf(some));
        if (followed.length >= 24) stop.abort();
      };
      await opened().other.subscribeAll(before, note, { signal: stop.signal });
      expect(followed).toEqual(idsOf(events));
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
      const stream = newStream();
      await log.append(stream, NO_STREAM, newEvents(5));
      const events = await eventsOf(log, stream);
      const last = events[4]!.position;
      expect(await log.readAll(before, 3)).toEqual(events.slice(0, 3));
      expect(await log.readAll(events[2]!.position, 100)).toEqual(events.slice(3));
      expect(await log.readAll(last, 100)).toEqual([]);
      expect(await log.readAll(last + 500, 100)).toEqual([]);
      expect(await log.lastPosition()).toBe(last);
    });

    test('from the beginning positions only grow, up to the last one', async () => {
      const { log } = opened();
      await log.append(newStream(), NO_STREAM, newEvents(2));
      const positions = positionsOf(await allAfter(log, 0, 5_000));
      expect(onlyGrowing(positions, 0)).toBe(true);
      expect(positions.at(-1)).toBe(await log.lastPosition());
    });

    test('after a position at which no event ends', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      await log.append(newStream(), NO_STREAM, newEvents(9));
      const events = await allAfter(log, before);
      const asked = Math.floor((events[2]!.position + events[3]!.position) / 2);
      expect(await log.readAll(asked, 4)).toEqual(events.slice(3, 7));
    });

    test('only some types, or only some streams', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      const [one, two, three] = [newStream(), newStream(), newStream()];
      for (const stream of [one, two, three])
        await log.append(stream, NO_STREAM, [newEvent({}, 'A'), newEvent({}, 'B'), newEvent({}, 'C')]);
      const all = positionsOf(await allAfter(log, before));
      const found = async (only: { types?: string[]; streams?: string[] }, limit = 100) =>
        (await log.readAll(before, limit, only)).map((event) => all.indexOf(event.position) + 1);
      expect(await found({ types: ['B'] })).toEqual([2, 5, 8]);
      expect(await found({ types: ['C', 'A'] }, 4)).toEqual([1, 3, 4, 6]);
      expect(await found({ streams: [three, one] })).toEqual([1, 2, 3, 7, 8, 9]);
      expect(await found({ streams: [two], types: ['A', 'D'] })).toEqual([4]);
      expect(await found({ streams: [newStream()] })).toEqual([]);
      expect(await found({ types: [] })).toEqual([]);
    });
  });

  test('what is long comes in pages that memory holds, to who can do with fewer than asked for', async () => {
    const { log } = opened();
    const before = await log.lastPosition();
    const [one, two] = [newStream(), newStream()];
    for (let n = 0; n < 12; n += 3)
      for (const stream of [one, two])
        await log.append(stream, n - 1, [...longEvents(2), newEvent({}, 'Short')]);
    const types = ['Long'];
    for (const only of [{}, { types }, { streams: [two] }, { types, streams: [two, one] }]) {
      const wanted = await log.readAll(before, 100, only);
      for (const limit of [100, 5]) {
        const pages = await pagesAfter(log, before, limit, { ...only, fewerIfLong: true });
        expect(idsOf(pages.flat())).toEqual(idsOf(wanted));
        for (const page of pages) {
          expect(page.length).toBeLessThanOrEqual(limit);
          expect(page.filter(({ type }) => type === 'Long').length).toBeLessThanOrEqual(8);
        }
      }
    }
  });

  test('some streams of the log in small pages', async () => {
    const { log } = opened();
    const before = await log.lastPosition();
    const [one, two, three] = [newStream(), newStream(), newStream()];
    for (let revision = -1; revision < 8; revision += 3)
      for (const stream of [one, two, three]) await log.append(stream, revision, newEvents(3));
    for (const streams of [[two], [three, one], [one, one, two]]) {
      const expected = (await allAfter(log, before)).filter((event) => streams.includes(event.stream));
      expect(await allAfter(log, before, 2, { streams })).toEqual(expected);
    }
  });

  test('the log has a clock', async () => {
    const before = Date.now();
    const told = await opened().log.now();
    expect(told).toBeGreaterThan(before - 1_000);
    expect(told).toBeLessThan(Date.now() + 1_000);
  });
}
