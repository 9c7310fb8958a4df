// The promises of the EventFeed port, one suite for every adapter. What only a broker can break is tested beside its adapter.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventFeed } from '../../src/ports/event-feed.ts';
import { partitionOf } from '../../src/ports/partition-of.ts';
import { inOrder, positionsOf, Reader, sampleEvents } from './event-feed/feed-world.ts';

/** @param open a feed without events, of 4 partitions */
export function eventFeedContract(name: string, open: () => Promise<EventFeed>): void {
  describe(`the event feed ${name}`, () => {
    let feed: EventFeed;
    let readers: Reader[];
    const read = (group: string, kept?: Map<number, number>): Reader => {
      const reader = new Reader(feed, group, kept);
      readers.push(reader);
      return reader;
    };
    beforeEach(async () => {
      feed = await open();
      readers = [];
    });
    afterEach(async () => {
      await Promise.all(readers.map((reader) => reader.stop().catch(() => {})));
      await feed.close();
    });

    it('gives every event back as it was, each stream in order in the partition of its name', async () => {
      const events = sampleEvents(200);
      const publisher = await feed.openPublisher();
      const ends = await publisher.publish(events);
      await publisher.close();
      const reader = read('all');
      await reader.has(200);
      expect(inOrder(reader.events)).toEqual(events);
      for (const { partition, events: some } of reader.batches) {
        expect(some.every((e) => partitionOf(e.stream, 4) === partition)).toBe(true);
        expect(positionsOf(some)).toEqual([...positionsOf(some)].sort((a, b) => a - b));
      }
      expect(feed.partitions).toBe(4);
      expect(ends.reduce((sum, end) => sum + end, 0)).toBe(200);
      expect(await feed.ends()).toEqual(ends);
    });

    it('tells of which log events say they are, and nothing where they say nothing', async () => {
      const publisher = await feed.openPublisher();
      const events = sampleEvents(2, 1);
      await publisher.publish(events.slice(0, 1));
      const reader = read('all');
      await reader.has(1);
      await publisher.publish(events.slice(1), 'first-event@1');
      await reader.has(2);
      await publisher.close();
      expect(reader.batches.map(({ logs }) => [...logs])).toEqual([[], ['first-event@1']]);
    });

    it('lets a second publisher go on behind the first', async () => {
      const first = await feed.openPublisher();
      const events = sampleEvents(20);
      await first.publish(events.slice(0, 10));
      await first.close();
      const second = await feed.openPublisher();
      expect(second.ends.reduce((sum, end) => sum + end, 0)).toBe(10);
      await second.publish(events.slice(10));
      await second.close();
      const reader = read('all');
      await reader.has(20);
      expect(inOrder(reader.events)).toEqual(events);
    });

    it('begins where the consumer says, whatever it handled before', async () => {
      const publisher = await feed.openPublisher();
      const events = sampleEvents(40);
      await publisher.publish(events.slice(0, 20));
      const before = read('one');
      await before.has(20);
      await before.stop();
      await publisher.publish(events.slice(20));
      const after = read('one', before.kept);
      await after.has(20);
      expect(inOrder(after.events)).toEqual(events.slice(20));
      await after.stop();
      const again = read('one');
      await again.has(40);
      expect(inOrder(again.events)).toEqual(events);
      await publisher.close();
    });

    it('gives a batch again when handling it fails', async () => {
      const reader = read('all');
      reader.instead = () => {
        throw new Error('the database is away');
      };
      const publisher = await feed.openPublisher();
      const events = sampleEvents(10, 1);
      await publisher.publish(events);
      await reader.has(10);
      expect(reader.events).toEqual(events);
      expect(String(reader.problems[0])).toContain('the database is away');
      await publisher.close();
    });

    it('goes back where the consumer asks it to', async () => {
      const reader = read('all');
      const publisher = await feed.openPublisher();
      const events = sampleEvents(10, 1);
      await publisher.publish(events);
      await reader.has(10);
      reader.instead = () => 4;
      const more = { ...events[9]!, revision: 10, position: 11 };
      await publisher.publish([more]);
      await reader.has(17);
      expect(positionsOf(reader.events.slice(10))).toEqual([5, 6, 7, 8, 9, 10, 11]);
      await publisher.close();
    });

    it('divides the partitions among the consumers of a group, and gives them to others when one goes', async () => {
      const kept = new Map<number, number>();
      const one = read('shared', kept);
      await one.joined(4);
      const two = read('shared', kept);
      await two.joined(2);
      await one.joined(2);
      const publisher = await feed.openPublisher();
      const events = sampleEvents(100, 20);
      await publisher.publish(events.slice(0, 50));
      await expect.poll(() => one.events.length + two.events.length).toBe(50);
      expect(two.events.length).toBeGreaterThan(0);
      await one.stop();
      await two.joined(4);
      await publisher.publish(events.slice(50));
      await expect.poll(() => one.events.length + two.events.length).toBe(100);
      expect(inOrder([...one.events, ...two.events])).toEqual(events);
      await publisher.close();
    });

    it('gives every group everything', async () => {
      const publisher = await feed.openPublisher();
      const events = sampleEvents(30);
      await publisher.publish(events);
      const [one, two] = [read('one'), read(randomUUID())];
      await Promise.all([one.has(30), two.has(30)]);
      expect(inOrder(one.events)).toEqual(inOrder(two.events));
      await publisher.close();
    });

    it('ends when it is told to, also while nothing comes', async () => {
      const reader = read('idle');
      await reader.joined(4);
      await expect(reader.stop()).resolves.toBeUndefined();
    });
  });
}
