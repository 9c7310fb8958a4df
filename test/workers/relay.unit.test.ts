// The relay on memory adapters and a virtual clock: who publishes, what is saved when, and what a relay that was stopped
// for a while can still do.
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEventFeed } from '../../src/adapters/memory/memory-event-feed.ts';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { MemoryLeaseStore } from '../../src/adapters/memory/memory-lease-store.ts';
import { MemoryRelayProgressStore } from '../../src/adapters/memory/memory-relay-progress-store.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { FeedPublisher } from '../../src/ports/event-feed.ts';
import { NO_STREAM } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { Relay } from '../../src/workers/relay.ts';
import { newEvents, newStream } from '../contracts/event-log/sample-events.ts';
import { turn, VirtualClock } from '../support/virtual-clock.ts';

describe('a relay', () => {
  let clock: VirtualClock;
  let log: MemoryEventLog;
  let leases: MemoryLeaseStore;
  let progress: MemoryRelayProgressStore;
  let sent: RecordedEvent[][];
  let feedClock: VirtualClock;
  let feed: MemoryEventFeed;
  beforeEach(() => {
    clock = new VirtualClock(Date.parse('2027-01-01T00:00:00Z'));
    log = new MemoryEventLog(clock);
    leases = new MemoryLeaseStore(clock);
    progress = new MemoryRelayProgressStore();
    sent = [];
    feedClock = new VirtualClock(0);
    feed = new MemoryEventFeed(feedClock, 4);
  });

  /** `publish` stands between the relay and the feed. */
  function relay(
    publish?: (
      events: readonly RecordedEvent[],
      go: () => Promise<readonly number[]>,
    ) => Promise<readonly number[]>,
    ownClock = clock,
    close = (inner: FeedPublisher): Promise<void> => inner.close(),
  ): { relay: Relay; faults: unknown[] } {
    const faults: unknown[] = [];
    const openPublisher = async (): Promise<FeedPublisher> => {
      const inner = await feed.openPublisher();
      return {
        ends: inner.ends,
        publish: (events, of) => {
          const go = (): Promise<readonly number[]> => {
            sent.push([...events]);
            return inner.publish(events, of);
          };
          return publish ? publish(events, go) : go();
        },
        close: () => close(inner),
      };
    };
    const made = new Relay({
      log,
      feed: { openPublisher },
      leases,
      progress,
      clock: ownClock,
      ids: { uuid: () => 'holder' },
      onFault: (error) => faults.push(error),
    });
    made.start();
    return { relay: made, faults };
  }
  const append = (count: number) => log.append(newStream(), NO_STREAM, newEvents(count));
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await turn();
  };
  const positions = (): number[] => sent.flat().map((event) => event.position);

  it('publishes what is there and what comes, in order, and saves how far that is', async () => {
    await append(3);
    const { relay: one } = relay();
    await settle();
    await append(2);
    await settle();
    expect(positions()).toEqual([1, 2, 3, 4, 5]);
    expect((await progress.load()).position).toBe(5);
    expect([one.active, one.position]).toEqual([true, 5]);
    await one.stop();
  });

  it('stands by while another is active, and takes over where that one gave up its lease', async () => {
    const { relay: one } = relay();
    await settle();
    const { relay: two } = relay();
    await append(2);
    await settle();
    expect([one.active, two.active]).toEqual([true, false]);
    const stopped = one.stop();
    await settle();
    await stopped;
    await append(2);
    await clock.pass(600);
    await settle();
    expect(two.active).toBe(true);
    expect(positions()).toEqual([1, 2, 3, 4]);
    await two.stop();
  });

  it('saves nothing before the feed has acknowledged it', async () => {
    let acknowledge = (): void => {};
    const waiting = new Promise<void>((resolve) => (acknowledge = resolve));
    await append(2);
    const { relay: one } = relay(async (_, go) => {
      await waiting;
      return go();
    });
    await settle();
    expect((await progress.load()).position).toBe(0);
    acknowledge();
    await settle();
    expect((await progress.load()).position).toBe(2);
    await one.stop();
  });

  it('tries again to save what could not be saved, though nothing more happens', async () => {
    const { relay: one } = relay();
    await settle();
    const save = progress.save.bind(progress);
    progress.save = () => {
      progress.save = save;
      return Promise.reject(new Fault('DatabaseUnavailable', 'for a moment'));
    };
    await append(2);
    await settle();
    expect((await progress.load()).position).toBe(0);
    await clock.pass(600);
    await settle();
    expect((await progress.load()).position).toBe(2);
    await one.stop();
  });

  it('says since when an acknowledgement is owed, until it comes, and owes none when another publishes', async () => {
    const since = clock.steady();
    let away = true;
    const { relay: one } = relay((_, go) =>
      away ? Promise.reject(new Fault('EventFeedUnavailable', 'no answer', { outcome: 'unknown' })) : go(),
    );
    await settle();
    expect(one.unacknowledgedSince).toBe(null);
    await append(2);
    await settle();
    await clock.pass(3_000);
    await settle();
    expect(one.unacknowledgedSince).toBe(since);
    away = false;
    await clock.pass(3_000);
    await settle();
    expect(one.unacknowledgedSince).toBe(null);
    await one.stop();
  });

  it('sends the same again after a failure, by a publisher of its own', async () => {
    let failures = 1;
    await append(2);
    const { relay: one, faults } = relay(async (_, go) => {
      const ends = await go();
      if ((failures -= 1) >= 0) throw new Fault('EventFeedUnavailable', 'no answer', { outcome: 'unknown' });
      return ends;
    });
    await settle();
    await clock.pass(1_000);
    await settle();
    expect(positions()).toEqual([1, 2, 1, 2]);
    expect(faults).toHaveLength(1);
    expect((await progress.load()).position).toBe(2);
    await one.stop();
  });

  it('gives its lease back though its publisher cannot be closed', async () => {
    await append(1);
    const unclosed = (): Promise<void> => Promise.reject(new Error('no answer to the good-bye'));
    const first = relay(undefined, clock, unclosed);
    await settle();
    await first.relay.stop();
    expect(first.faults.map(String)).toEqual(['Error: no answer to the good-bye']);
    const second = relay();
    await append(1);
    await settle();
    expect(second.relay.active).toBe(true);
    await clock.pass(10_000);
    expect(positions()).toEqual([1, 2]);
    await second.relay.stop();
  });

  it('publishes nothing into what another engine has published to, and says what to set', async () => {
    const elsewhere = new MemoryEventLog(clock);
    await elsewhere.append(newStream(), NO_STREAM, newEvents(1));
    const publisher = await feed.openPublisher();
    await publisher.publish(await elsewhere.readAll(0, 10));
    await append(2);
    const { relay: one } = relay();
    await settle();
    expect(one.refusal).toContain('KAFKA_TOPIC');
    expect([one.active, sent]).toEqual([false, []]);
    const stopped = one.stop();
    await clock.pass(600);
    await stopped;
  });

  it('goes on in what it has begun, also when it was stopped before it had published anything', async () => {
    const { relay: one } = relay();
    await settle();
    await one.stop();
    await append(2);
    // Acknowledged, and killed before that was saved.
    const publisher = await feed.openPublisher();
    await publisher.publish(await log.readAll(0, 1));
    const { relay: two } = relay();
    await settle();
    expect([two.refusal, positions()]).toEqual([null, [1, 2]]);
    await two.stop();
  });

  it('says of which log the events are', async () => {
    await append(1);
    const { relay: one } = relay();
    await settle();
    const [first] = await log.readAll(0, 1);
    const told: string[] = [];
    const stop = new AbortController();
    const reading = feed.consume(
      {
        group: 'g',
        begin: (partitions) => Promise.resolve(new Map(partitions.map((p) => [p, 0]))),
        handle: ({ logs, next }) => {
          told.push(...logs);
          return Promise.resolve(next);
        },
      },
      stop.signal,
    );
    await settle();
    expect(told).toEqual([`${first!.id}@1`]);
    stop.abort();
    await feedClock.pass(10);
    await reading;
    await one.stop();
  });

  it.each([
    ['', 0],
    [', though its clock was put back meanwhile', -3_600_000],
  ])(
    'that wakes up after its lease was given to another publishes and saves nothing any more%s',
    async (_, putMs) => {
      const zombieClock = new VirtualClock(clock.nowMs);
      await append(1);
      const { relay: zombie } = relay(undefined, zombieClock);
      await settle();
      expect(positions()).toEqual([1]);
      // Its clock stands still: the process is stopped, while time goes on for the others.
      clock.nowMs += 6_000;
      const { relay: successor } = relay();
      await settle();
      expect(successor.active).toBe(true);
      zombieClock.nowMs = clock.nowMs;
      zombieClock.putMs = putMs;
      await append(1);
      await settle();
      expect(positions()).toEqual([1, 2]);
      await zombieClock.pass(1_000);
      expect(zombie.active).toBe(false);
      expect((await progress.load()).position).toBe(2);
      const stopped = [zombie.stop(), successor.stop()];
      await zombieClock.pass(10_000);
      await clock.pass(10_000);
      await Promise.all(stopped);
    },
  );
});
