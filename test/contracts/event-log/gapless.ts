// What Postgres and memory promise beyond the port: positions without a gap. EventStoreDB's are byte offsets, so nothing
// outside these two may rest on it.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import type { AppendResult } from '../../../src/ports/event-log.ts';
import { readBesideWriters } from './races.ts';
import { allAfter, newEvents, newStream, positionsOf } from './sample-events.ts';
import type { LogUnderTest } from './sample-events.ts';
import { appendMany, follow } from './subscribing.ts';

const upTo = (after: number, last: number) =>
  Array.from({ length: last - after }, (_, index) => after + 1 + index);

export function gapless(opened: () => LogUnderTest): void {
  describe('positions without a gap', () => {
    test('are counted over all streams, and answers tell them', async () => {
      const { log, other } = opened();
      const before = await log.lastPosition();
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (index % 2 ? log : other).append(newStream(), NO_STREAM, newEvents(1 + (index % 4))),
        ),
      );
      const events = await allAfter(log, before, 17);
      expect(positionsOf(events)).toEqual(upTo(before, before + 150));
      for (const answer of answers as Extract<AppendResult, { kind: 'appended' }>[]) {
        expect(events[answer.position - before - 1]!.revision).toBe(answer.revision);
      }
    });

    test('are what a reader sees beside writers in two processes', async () => {
      const before = await opened().log.lastPosition();
      const { seen } = await readBesideWriters(opened());
      expect(positionsOf(seen)).toEqual(upTo(before, before + seen.length));
    });

    test('begin at 1', async () => {
      const { log } = opened();
      for (let n = 0; n < 4; n += 1) await log.append(newStream(), NO_STREAM, newEvents(3_000));
      const end = await log.lastPosition();
      expect(end).toBeGreaterThanOrEqual(12_000);
      expect(positionsOf(await allAfter(log, 0, 5_000))).toEqual(upTo(0, end));
      expect(await follow(log, 0, { batchSizeMax: 5_000 }).reached(end)).toEqual(upTo(0, end));
      expect(await follow(log, end - 1).reached(end)).toEqual([end]);
    });

    test('let a follower wait for one that is not there yet', async () => {
      const { log } = opened();
      const end = await log.lastPosition();
      const follower = follow(log, end + 5);
      await appendMany(log, 5);
      await sleep(50);
      expect(follower.positions).toEqual([]);
      await appendMany(log, 1);
      expect(await follower.reached(end + 6)).toEqual([end + 6]);
    });

    test('come to every follower while two processes write at the same time', async () => {
      const { log, other } = opened();
      const before = await log.lastPosition();
      const followers = [follow(log, before), follow(other, before, { batchSizeMax: 3 })];
      for (let round = 0; round < 20; round += 1)
        await Promise.all([appendMany(log, 5), appendMany(other, 5)]);
      for (const follower of followers)
        expect(await follower.reached(before + 200)).toEqual(upTo(before, before + 200));
    });
  });
}
