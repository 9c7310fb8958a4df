// Everything that a feed may do to its views at once, over 50,000 messages: each comes three times, twice of them in another
// order, then all of them from the first offset on; the group is divided again every 200 ms; each thousandth is poison.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { groupOf } from '../../src/projections/partition-feed.ts';
import { PROJECTION_NAMES } from '../../src/projections/projection.ts';
import { identityOf } from '../../src/ports/log-identity.ts';
import { bustle } from './bustle.ts';
import { PartitionedWorld } from './partitioned-world.ts';

const MESSAGES = 50_000;
const TIMES = 3;
const POISON_EACH = 1_000;
const DIVIDED_EACH_MS = 200;
const STEPS = 500;
/** Among so many of the latest shows something is always on sale. */
const LIVELY = 4;

test('views are what a rebuild gives after 50,000 messages, doubled, disordered, divided and poisoned', async () => {
  const house = await PartitionedWorld.open();
  onTestFinished(() => house.close());
  const { season, db } = house.world;
  const poisoned = new Set<string>();
  let broken = true;
  const projections = house.world.changed('holds', (made) => ({
    handle: (events, handling) => {
      const poison = broken ? events.filter(({ position }) => position % POISON_EACH === 0) : [];
      for (const { stream } of poison) poisoned.add(stream);
      return poison.length > 0 ? Promise.reject(new RangeError('poison')) : made.handle(events, handling);
    },
  }));
  const relay = house.relay();
  const projectors = [await house.projector({ projections }), await house.projector({ projections })];
  const group = groupOf((await identityOf(season.log))!, house.world.views());
  const divided = setInterval(() => house.feed.rebalance(group), DIVIDED_EACH_MS);
  onTestFinished(() => clearInterval(divided));

  const publisher = await house.feed.openPublisher();
  const shows = [...house.world.shows];
  let messages = 0;
  for (let burst = 0; messages < MESSAGES; burst += 1) {
    const before = season.position;
    shows.push(await season.schedule(`storm ${burst}`, { seats: 100, pit: 50, categories: ['Stalls'] }));
    await bustle(season, shows.slice(-LIVELY), STEPS, burst);
    await expect.poll(() => relay.position).toBe(season.position);
    const burstEvents = await season.log.readAll(before, season.position);
    for (let again = 1; again < TIMES; again += 1) await publisher.publish(burstEvents.toReversed());
    messages += burstEvents.length * TIMES;
  }
  await house.world.reached(projectors[0]!);
  for (const projector of projectors) await projector.stop();
  await sql`update projection_partitions set next_offset = 0`.execute(db);
  const last = await house.projector({ projections });
  await house.world.reached(last);

  const parked = (await last.parked()).map(({ projection, stream }) => `${projection} ${stream}`);
  expect(parked.toSorted()).toEqual([...poisoned].map((stream) => `holds ${stream}`).toSorted());
  expect(poisoned.size).toBeGreaterThan(0);
  for (const name of PROJECTION_NAMES.filter((each) => each !== 'holds'))
    expect((await last.rebuild(name, { verify: true })).identical, name).toBe(true);
  broken = false;
  for (const stream of poisoned) expect(await last.retryParked('holds', stream), stream).toBe(true);
  expect(await house.differing(last)).toEqual([]);
  console.log(`${messages} messages of ${season.position} events, ${poisoned.size} streams with poison`);
});
