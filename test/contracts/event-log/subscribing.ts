// Following the log: from any position, at the follower's own pace, each event exactly once.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { allAfter, eventsOf, newEvents, newStream, positionsOf } from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';

/** What a follower must be given: every position there is. */
const allPositions = async (log: EventLog, after: number) => positionsOf(await allAfter(log, after, 5_000));

/** Follows the log for the time of the test and notes the positions it is given. */
export function follow(
  log: EventLog,
  after: number,
  options: { handle?: (events: RecordedEvent[]) => Promise<void> | void; batchSizeMax?: number } = {},
) {
  const stop = new AbortController();
  const positions: number[] = [];
  const ended = log.subscribeAll(
    after,
    async (events) => {
      await options.handle?.(events);
      positions.push(...events.map((event) => event.position));
    },
    { signal: stop.signal, batchSizeMax: options.batchSizeMax },
  );
  ended.catch(() => {});
  onTestFinished(() => stop.abort());
  const reached = async (position: number) => {
    await expect.poll(() => positions.at(-1), { interval: 5 }).toBe(position);
    return positions;
  };
  return { positions, ended, stop, reached };
}

export async function appendMany(log: EventLog, count: number): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: count }, () => log.append(newStream(), NO_STREAM, newEvents(1))),
  );
  return Math.max(...answers.map((answer) => (answer as { position: number }).position));
}

export function subscribing(opened: () => LogUnderTest): void {
  describe('a subscription', () => {
    test('first gives what is there, then what comes', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      const there = await appendMany(log, 30);
      const follower = follow(log, before);
      expect(await follower.reached(there)).toEqual(await allPositions(log, before));
      const live = await appendMany(log, 30);
      expect(await follower.reached(live)).toEqual(await allPositions(log, before));
      expect(follower.positions).toHaveLength(60);
    });

    test('gives the whole events', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      const seen: RecordedEvent[] = [];
      const follower = follow(log, before, { handle: (events) => void seen.push(...events) });
      const stream = newStream();
      const events = newEvents(3);
      await log.append(stream, NO_STREAM, events);
      await follower.reached(await log.lastPosition());
      expect(seen).toEqual(await eventsOf(log, stream));
      expect(seen).toMatchObject(events.map((event, revision) => ({ ...event, stream, revision })));
    });

    test('starts at any position, also from the very beginning', async () => {
      const { log } = opened();
      const end = await appendMany(log, 10);
      const all = await allPositions(log, 0);
      expect(await follow(log, 0, { batchSizeMax: 5_000 }).reached(end)).toEqual(all);
      expect(await follow(log, all.at(-5)!).reached(end)).toEqual(all.slice(-4));
      const between = Math.floor((all.at(-3)! + all.at(-2)!) / 2);
      expect(await follow(log, between).reached(end)).toEqual(all.slice(-2));
    });

    test('after a position far beyond the end waits for it', async () => {
      const { log } = opened();
      const far = follow(log, (await log.lastPosition()) + 1_000_000_000_000);
      const near = follow(log, await log.lastPosition());
      await near.reached(await appendMany(log, 5));
      await sleep(50);
      expect(far.positions).toEqual([]);
    });

    test('gives batches no larger than asked for', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      const end = await appendMany(log, 25);
      const sizes: number[] = [];
      const follower = follow(log, before, {
        batchSizeMax: 10,
        handle: (events) => void sizes.push(events.length),
      });
      expect(await follower.reached(end)).toEqual(await allPositions(log, before));
      expect(Math.max(...sizes)).toBe(10);
    });

    test('waits for a slow handler and loses nothing meanwhile', async () => {
      const { log, other } = opened();
      const before = await log.lastPosition();
      let handling = 0;
      const follower = follow(log, before, {
        batchSizeMax: 7,
        handle: async () => {
          handling += 1;
          expect(handling).toBe(1);
          await sleep(5);
          handling -= 1;
        },
      });
      for (let round = 0; round < 10; round += 1) await appendMany(round % 3 ? log : other, 10);
      expect(await follower.reached(await log.lastPosition())).toEqual(await allPositions(log, before));
      expect(follower.positions).toHaveLength(100);
    });

    test('ends when its signal aborts, also while it waits', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      const end = await appendMany(log, 3);
      const follower = follow(log, before);
      await follower.reached(end);
      follower.stop.abort();
      await follower.ended;
      await appendMany(log, 1);
      expect(follower.positions.at(-1)).toBe(end);
    });

    test('does not begin when its signal was aborted before', async () => {
      const handle = vi.fn<() => void>();
      await opened().log.subscribeAll(0, handle, { signal: AbortSignal.abort() });
      expect(handle).not.toHaveBeenCalled();
    });

    test('ends when its handler throws, and says why', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      await appendMany(log, 3);
      const handle = () => Promise.reject(new Error('poison'));
      await expect(follow(log, before, { handle }).ended).rejects.toThrow('poison');
    });

    test('is not disturbed by another whose handler throws or dawdles', async () => {
      const { log } = opened();
      const before = await log.lastPosition();
      const failing = follow(log, before, { handle: () => Promise.reject(new Error('poison')) });
      const slow = follow(log, before, { handle: () => sleep(200), batchSizeMax: 20 });
      const [one, two] = [follow(log, before), follow(log, before)];
      const end = await appendMany(log, 50);
      await expect(failing.ended).rejects.toThrow('poison');
      for (const each of [one, two, slow])
        expect(await each.reached(end)).toEqual(await allPositions(log, before));
    });

    test('sees what another process writes within half a second', async () => {
      const { log, other } = opened();
      const before = await log.lastPosition();
      const follower = follow(log, before);
      await appendMany(log, 1);
      const waits: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        await sleep(600); // until it has grown lazy
        const end = await appendMany(other, 3);
        const writtenAt = performance.now();
        await follower.reached(end);
        waits.push(performance.now() - writtenAt);
      }
      // One of them may be long where the machine had other things to do.
      expect(waits.toSorted((a, b) => a - b)[1], waits.join()).toBeLessThan(500);
      expect(follower.positions).toEqual(await allPositions(log, before));
    });

    test('gets every event once while two processes write at the same time', async () => {
      const { log, other } = opened();
      const before = await log.lastPosition();
      const followers = [follow(log, before), follow(other, before, { batchSizeMax: 3 })];
      for (let round = 0; round < 20; round += 1)
        await Promise.all([appendMany(log, 5), appendMany(other, 5)]);
      const all = await allPositions(log, before);
      expect(all).toHaveLength(200);
      for (const follower of followers) expect(await follower.reached(all.at(-1)!)).toEqual(all);
    });
  });
}
