// Views fed through partitions: whatever comes twice, in another order, to another process or not at all any more, they
// are what a rebuild from the log gives.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryEventFeed } from '../../src/adapters/memory/memory-event-feed.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { PartitionView } from '../../src/projections/partition-view.ts';
import { LostRace } from '../../src/projections/registry.ts';
import type { EventFeed } from '../../src/ports/event-feed.ts';
import { identityOf } from '../../src/ports/log-identity.ts';
import { groupOf, PartitionFeed } from '../../src/projections/partition-feed.ts';
import { PROJECTION_NAMES } from '../../src/projections/projection.ts';
import { bustle } from './bustle.ts';
import { PartitionedWorld } from './partitioned-world.ts';
import { projectionsOf } from './read-models.ts';

describe('views fed through partitions', () => {
  let house: PartitionedWorld;
  beforeEach(async () => {
    house = await PartitionedWorld.open();
  });
  afterEach(() => house.close());

  it('are byte-equal with their rebuild from the log', async () => {
    const { season, shows } = house.world;
    house.relay();
    const projector = await house.projector();
    await bustle(season, shows, 300, 1);
    expect(await house.differing(projector)).toEqual([]);
  });

  it('see nothing twice, though everything comes three times and from the first offset again', async () => {
    const { season, shows } = house.world;
    house.relay();
    const first = await house.projector();
    await bustle(season, shows, 100, 2);
    await house.world.reached(first);
    await house.publishAgain();
    await bustle(season, shows, 100, 3);
    await house.publishAgain();
    await first.stop();
    await sql`update projection_partitions set next_offset = 0`.execute(house.world.db);
    expect(await house.differing(await house.projector())).toEqual([]);
  });

  it('see nothing twice when it comes twice in one batch', async () => {
    const { season, shows } = house.world;
    await bustle(season, shows, 60, 5);
    const relay = house.relay();
    await expect.poll(() => relay.position, { timeout: 20_000 }).toBe(season.position);
    await house.publishAgain();
    expect(await house.differing(await house.projector())).toEqual([]);
  });

  it('lose nothing and do nothing twice while the group is divided again and again', async () => {
    const { season, shows } = house.world;
    house.relay();
    const one = await house.projector();
    const two = await house.projector();
    const group = groupOf((await identityOf(season.log))!, house.world.views());
    let dividing = true;
    const divisions = (async () => {
      while (dividing) {
        house.feed.rebalance(group);
        await systemClock.sleep(40);
      }
    })();
    for (let round = 0; round < 10; round += 1) await bustle(season, shows, 40, 10 + round);
    await systemClock.sleep(500);
    dividing = false;
    await divisions;
    await two.stop();
    expect(await house.differing(one)).toEqual([]);
  });

  it('can be waited for by a process that feeds none of them', async () => {
    const { season, shows } = house.world;
    house.relay();
    await house.projector();
    const reader = house.world.projector();
    await reader.start({ run: false });
    await bustle(season, shows, 50, 4);
    await house.world.reached(reader);
    const held = await sql<{ n: number }>`select count(*)::int as n from read.holds`.execute(house.world.db);
    const told = await season.log.readAll(0, 100_000, { types: ['SeatsHeld', 'SeatsOffered'] });
    expect(held.rows[0]!.n).toBe(told.length);
  });

  it('are known to be fed by another feed than the relay publishes to, until it holds the same', async () => {
    const { season } = house.world;
    const relay = house.relay();
    await expect.poll(() => relay.position, { timeout: 20_000 }).toBe(season.position);
    const other = new MemoryEventFeed(systemClock, 4);
    const projector = await house.projector({ feed: (ports) => new PartitionFeed(other, ports) });
    await expect.poll(() => projector.refusal(), { timeout: 20_000 }).toContain('as it is for the relay');
    const publisher = await other.openPublisher();
    await publisher.publish(await season.log.readAll(0, 100_000));
    expect(await house.differing(projector)).toEqual([]);
    await expect.poll(() => projector.refusal(), { timeout: 20_000 }).toBe(null);
  });

  it('have not reached what one of their partitions still waits for', async () => {
    const { season, shows } = house.world;
    house.relay();
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const slow = `show-${shows[0]}`;
    const projections = house.world.changed('holds', (made) => ({
      handle: async (events, handling) => {
        if (events.some(({ stream }) => stream === slow)) await held;
        return made.handle(events, handling);
      },
    }));
    const projector = await house.projector({ projections });
    await house.world.reached(projector);
    const before = season.position;
    await bustle(season, shows, 60, 9);
    const { position } = season;
    expect(await projector.positions.waitFor(['bookings'], position, 60_000)).toBe(position);
    const waiting = await season.log.readAll(before, 1, { types: ['SeatsHeld'], streams: [slow] });
    const first = waiting[0]!;
    const reached = await projector.positions.waitFor(['holds'], first.position, 1_000);
    expect(reached).toBeLessThan(first.position);
    letGo();
    expect(await house.differing(projector)).toEqual([]);
  });

  it('are written by one of two processes that both think a partition theirs', async () => {
    const { season, shows } = house.world;
    await bustle(season, shows, 60, 11);
    const events = await season.log.readAll(0, 10_000);
    const options = { db: house.world.db, partitions: 1 };
    await house.world.projector().start({ run: false });
    const views = [0, 1].map(() => new PartitionView(projectionsOf(season).holds(), options));
    await Promise.all(views.map((view) => view.load()));
    const batch = {
      partition: 0,
      from: 0,
      next: events.length,
      events,
      logs: new Set<string>(),
      isStale: () => false,
    };
    const taken = await Promise.allSettled(views.map((view) => view.take(batch)));
    expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(taken.flatMap((t) => (t.status === 'rejected' ? [t.reason] : []))[0]).toBeInstanceOf(LostRace);
  });

  it('lose no race against themselves where a batch goes into a partition that is to be saved', async () => {
    const { season, shows, db } = house.world;
    await bustle(season, shows, 60, 11);
    const events = (await season.log.readAll(0, 10_000)).filter(({ type }) => type === 'SeatsHeld');
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holds = projectionsOf(season).holds();
    const handle: typeof holds.handle = async (some, handling) => {
      begun.resolve();
      await goOn.promise;
      return holds.handle(some, handling);
    };
    await house.world.projector().start({ run: false });
    const view = new PartitionView({ ...holds, handle }, { db, partitions: 1 });
    await view.load();
    const logs = new Set<string>();
    const batch = (from: number, next: number, some: typeof events) =>
      view.take({ partition: 0, from, next, events: some, logs, isStale: () => false });
    await batch(0, 1, []);
    const taking = batch(1, 9, events.slice(0, 8));
    await begun.promise;
    const saving = view.save();
    goOn.resolve();
    await Promise.all([taking, saving]);
    await batch(9, 10, []);
    await Promise.all([view.save(), batch(10, 11, events.slice(8, 9))]);
    expect([view.nextOf(0), await view.isSaved([0])]).toEqual([11, true]);
  });

  it('are not said to have failed where another has moved a partition that was taken from this process', async () => {
    const { season, shows, db, problems } = house.world;
    await bustle(season, shows, 30, 9);
    const events = (await season.log.readAll(0, 100_000)).filter(({ type }) => type === 'SeatsHeld');
    const handled = Promise.withResolvers<void>();
    const dividing: Pick<EventFeed, 'consume' | 'partitions'> = {
      partitions: 1,
      async consume({ begin, handle, onProblem }, signal) {
        await begin([0], new Map([[0, 0]]));
        await sql`update projection_partitions set next_offset = 1`.execute(db);
        const batch = {
          partition: 0,
          from: 0,
          next: 100,
          events,
          logs: new Set<string>(),
          isStale: () => true,
        };
        await handle(batch).then(() => handled.reject(new Error('it was not lost')), onProblem);
        handled.resolve();
        await systemClock.sleep(60_000, signal);
      },
    };
    await house.projector({ feed: (ports) => new PartitionFeed(dividing as EventFeed, ports) });
    await handled.promise;
    expect(problems).toEqual([]);
  });

  it('begin with the log where the feed has forgotten what they lack', async () => {
    const { season, shows } = house.world;
    const relay = house.relay();
    await bustle(season, shows, 100, 5);
    await expect.poll(() => relay.position).toBe(season.position);
    house.feed.forget();
    const projector = await house.projector();
    await house.world.reached(projector);
    await bustle(season, shows, 100, 6);
    expect(await house.differing(projector)).toEqual([]);
  });

  it('are rebuilt beside those that serve while events keep coming', async () => {
    const { season, shows } = house.world;
    house.relay();
    const projector = await house.projector();
    const rebuilding = (async () => {
      for (const name of PROJECTION_NAMES) await projector.rebuild(name);
    })();
    for (let round = 0; round < 6; round += 1) await bustle(season, shows, 30, 20 + round);
    await rebuilding;
    await bustle(season, shows, 30, 30);
    expect(await house.differing(projector)).toEqual([]);
  });

  it('are looked for anew, and not said to have failed, where they were rebuilt while nothing came', async () => {
    const { season, db } = house.world;
    house.relay();
    const projector = await house.projector();
    await house.world.reached(projector);
    const holds = projectionsOf(season).holds();
    const resting = new PartitionView(holds, { db, partitions: house.feed.partitions });
    await resting.load();
    expect(await resting.isSaved([0, 1, 2, 3])).toBe(true);
    await projector.rebuild('holds');
    await expect(resting.isSaved([0, 1, 2, 3])).rejects.toThrow(LostRace);
    await resting.load();
    expect(await resting.isSaved([0, 1, 2, 3])).toBe(true);
  });

  it('are not late in a process from which a newer version has taken them over, which says so once', async () => {
    const { season, shows } = house.world;
    const relay = house.relay();
    let isAway = true;
    const projections = house.world.changed('holds', (made) => ({
      handle: (events, handling) =>
        isAway ? Promise.reject(new Error('Connection terminated')) : made.handle(events, handling),
    }));
    const projector = await house.projector({ projections });
    await bustle(season, shows, 60, 12);
    const late = () => projector.lag().find(({ name }) => name === 'holds')!;
    await expect.poll(() => late().events).toBeGreaterThan(0);
    const newer = house.world.changed('holds', ({ version }) => ({ version: version + 1 }));
    await house.world.projector({ projections: newer }).rebuild('holds');
    isAway = false;
    await expect.poll(late).toEqual({ name: 'holds', events: 0, seconds: 0 });
    await bustle(season, shows, 60, 13);
    await expect.poll(() => relay.position).toBe(season.position);
    expect(house.world.takenOver).toEqual(['holds']);
  });

  it('park the stream of an event that cannot be handled, move on, and take it back when it can', async () => {
    const { season, shows } = house.world;
    house.relay();
    const bad = `show-${shows[0]}`;
    let broken = true;
    const projections = house.world.changed('holds', (made) => ({
      handle: (events, handling) =>
        broken && events.some((e) => e.stream === bad && e.type === 'SeatsHeld')
          ? Promise.reject(new RangeError('cannot count that far'))
          : made.handle(events, handling),
    }));
    const projector = await house.projector({ projections });
    await bustle(season, shows, 150, 7);
    await house.world.reached(projector);
    expect((await projector.parked()).map(({ projection, stream }) => [projection, stream])).toEqual([
      ['holds', bad],
    ]);
    expect(house.world.parked).toHaveLength(1);
    broken = false;
    expect(await projector.retryParked('holds', bad)).toBe(true);
    await bustle(season, shows, 50, 8);
    expect(await house.differing(projector)).toEqual([]);
  });

  it('refuse a feed of another number of partitions', async () => {
    const { season, shows } = house.world;
    const relay = house.relay();
    await expect.poll(() => relay.position).toBe(season.position);
    await relay.stop();
    house.relay(new MemoryEventFeed(systemClock, 5));
    await expect.poll(() => String(house.faults[0])).toContain('5 partitions and had 4');
    expect(shows.length).toBeGreaterThan(0);
  });
});
