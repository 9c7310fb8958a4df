// What may go wrong with relays, projectors and the broker while seats are sold, on real processes and a real broker; after
// each fault everything is checked: every event in Kafka at least once and in order, every view exactly its rebuild.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { PartitionFeed } from '../../src/projections/partition-feed.ts';
import { Projector } from '../../src/projections/projector.ts';
import { projectionsOf } from '../projections/read-models.ts';
import { DistributedWorld } from './distributed-world.ts';
import type { RoleProcess } from './role-process.ts';

describe('the distributed profile under faults', () => {
  let world: DistributedWorld;
  let relays: RoleProcess[];
  let projectors: RoleProcess[];
  beforeAll(async () => {
    world = await DistributedWorld.open();
    const first = await world.role('relay');
    await vi.waitUntil(async () => (await first.metric('fairseat_relay_active')) === 1, { timeout: 120_000 });
    relays = [first, await world.role('relay')];
    projectors = [await world.role('projector'), await world.role('projector')];
  });
  afterAll(() => world.close());

  const say = (what: string, found: object): void => console.log(`${what}: ${JSON.stringify(found)}`);

  it('without any, publishes each event and shows each in the views', async () => {
    await world.whileSelling(() => systemClock.sleep(2_000));
    const { events, messages } = await world.check();
    expect(messages).toBe(events);
    expect(await relays[1]!.metric('fairseat_relay_active')).toBe(0);
    say('no fault', { events, messages });
  });

  it('kill -9 of the active relay: the other takes over', async () => {
    const took = await world.whileSelling(async () => {
      await systemClock.sleep(1_000);
      await relays[0]!.end('SIGKILL');
      await systemClock.sleep(200); // something is sold that nobody publishes
      return world.published();
    });
    await expect.poll(() => relays[1]!.metric('fairseat_relay_active')).toBe(1);
    say('kill -9 of the relay', { handOverMs: took, ...(await world.check()) });
    relays = [relays[1]!, await world.role('relay')];
  });

  it('SIGSTOP of the active relay past its lease: woken, it publishes and moves nothing any more', async () => {
    const [zombie, successor] = relays as [RoleProcess, RoleProcess];
    const before = await world.progress();
    const took = await world.whileSelling(async () => {
      zombie.signal('SIGSTOP');
      const stoppedAt = systemClock.now();
      await expect
        .poll(async () => (await world.progress()).token, { interval: 50 })
        .toBeGreaterThan(before.token);
      const handOverMs = systemClock.now() - stoppedAt;
      const { token } = await world.progress();
      await world.published();
      const seen: { token: number; position: number }[] = [];
      const doubles = await world.doubles();
      zombie.signal('SIGCONT');
      for (let i = 0; i < 40; i += 1) {
        seen.push(await world.progress());
        await systemClock.sleep(50);
      }
      expect(new Set(seen.map((progress) => progress.token))).toEqual(new Set([token]));
      const positions = seen.map(({ position }) => position);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      // The successor publishes each event once: any other double would be the zombie's.
      expect(await world.doubles()).toBe(doubles);
      return handOverMs;
    });
    await expect.poll(() => zombie.metric('fairseat_relay_active')).toBe(0);
    await expect.poll(() => successor.metric('fairseat_relay_active')).toBe(1);
    say('SIGSTOP of the relay', { handOverMs: took, ...(await world.check()) });
    relays = [successor, zombie];
  });

  it('kill -9 of a projector: the other takes its partitions', async () => {
    await world.whileSelling(async () => {
      await systemClock.sleep(500);
      await projectors[0]!.end('SIGKILL');
      await systemClock.sleep(1_000);
    });
    const found = await world.check();
    expect(found.messages).toBeGreaterThanOrEqual(found.events);
    say('kill -9 of a projector', found);
    projectors = [projectors[1]!, await world.role('projector')];
  });

  it('kill -9 of the broker, and its return', async () => {
    const [broker] = world.kafka.nodes;
    await world.whileSelling(async () => {
      await broker!.stop('SIGKILL');
      await systemClock.sleep(3_000);
      await broker!.start();
    });
    const found = await world.check();
    expect(found.messages).toBeGreaterThanOrEqual(found.events);
    say('kill -9 of the broker', found);
  });

  it('a rebalance every second', async () => {
    await world.whileSelling(async () => {
      for (let round = 0; round < 4; round += 1) {
        const feed = await world.openFeed();
        const guest = new Projector({
          db: world.db,
          log: world.log,
          clock: systemClock,
          projections: projectionsOf(world.season),
          feed: (ports) => new PartitionFeed(feed, ports),
        });
        await guest.start();
        await systemClock.sleep(1_000);
        await guest.stop();
        await feed.close();
      }
    });
    const found = await world.check();
    expect(found.messages).toBeGreaterThanOrEqual(found.events);
    say('rebalances', found);
  });

  it('everything published again, and read from the first offset', async () => {
    const feed = await world.openFeed();
    const publisher = await feed.openPublisher();
    await publisher.publish(await world.log.readAll(0, 3_000));
    await publisher.close();
    await feed.close();
    await world.whileSelling(async () => {
      const ended = await Promise.all(projectors.map((projector) => projector.end()));
      expect(ended).toEqual([0, 0]);
      await sql`update projection_partitions set next_offset = 0`.execute(world.db);
      projectors = [await world.role('projector'), await world.role('projector')];
    });
    const { events, messages } = await world.check();
    expect(messages).toBeGreaterThan(events);
    say('doubles from the first offset', { events, messages });
  });
});
