// Groups of projectors: what of another log is refused, and two groups on one database hurt nobody.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MemoryEventFeed } from '../../src/adapters/memory/memory-event-feed.ts';
import type { EventFeed } from '../../src/ports/event-feed.ts';
import { groupOf, PartitionFeed } from '../../src/projections/partition-feed.ts';
import { PROJECTION_NAMES } from '../../src/projections/projection.ts';
import { liveGeneration } from '../../src/projections/registry.ts';
import { bustle } from './bustle.ts';
import { PartitionedWorld } from './partitioned-world.ts';

const WAIT = { timeout: 20_000 };

/** A projector's feed, as a member of a group of another name. */
const inGroup = (group: string, feed: MemoryEventFeed): EventFeed => ({
  partitions: feed.partitions,
  consume: (consumer, signal) => feed.consume({ ...consumer, group }, signal),
  openPublisher: () => feed.openPublisher(),
  ends: () => feed.ends(),
  close: () => feed.close(),
});

describe('views fed through partitions', () => {
  let house: PartitionedWorld;
  beforeEach(async () => {
    house = await PartitionedWorld.open();
  });
  afterEach(() => house.close());

  it('take nothing of another log, set no stream aside for it, and say what to do', async () => {
    const { season, shows, db } = house.world;
    const relay = house.relay();
    const problems: unknown[] = [];
    const projector = await house.projector({ onProblem: (_, error) => problems.push(error) });
    await house.world.reached(projector);
    expect(projector.refusal()).toBe(null);
    const before = await sql`select * from read.events order by 1`.execute(db);
    await relay.stop();
    await house.publishAgain('of-another-engine@1');
    await expect.poll(() => projector.refusal(), { timeout: 20_000 }).toContain('KAFKA_TOPIC');
    expect(problems.map(String)).toEqual([expect.stringContaining('another event log')]);
    house.relay();
    await bustle(season, shows, 20, 9);
    expect(await projector.parked()).toEqual([]);
    expect((await sql`select * from read.events order by 1`.execute(db)).rows).toEqual(before.rows);
  });

  it('are right while projectors of two groups each take everything, as when the group is given another name', async () => {
    const { season, shows, db, problems } = house.world;
    house.relay();
    const newer = await house.projector();
    const older = await house.projector({
      feed: (ports) => new PartitionFeed(inGroup('fairseat-projectors', house.feed), ports),
    });
    for (let round = 0; round < 10; round += 1) await bustle(season, shows, 40, 60 + round);
    await house.world.reached(older);
    expect(await house.differing(newer)).toEqual([]);
    const held = await sql<{ n: number }>`select count(*)::int as n from read.holds`.execute(db);
    const told = await season.log.readAll(0, 100_000, { types: ['SeatsHeld', 'SeatsOffered'] });
    expect(held.rows[0]!.n).toBe(told.length);
    expect([await newer.parked(), problems]).toEqual([[], []]);
    await newer.stop();
    await bustle(season, shows, 40, 80);
    expect(await house.differing(older)).toEqual([]);
  });

  it('reach the end beside a projector of an older version, which takes nothing for a view that is made anew', async () => {
    const { season, shows, db } = house.world;
    house.relay();
    const older = await house.projector();
    await house.world.reached(older);
    const projections = house.world.changed('holds', ({ version }) => ({ version: version + 1 }));
    const newer = await house.projector({ projections });
    const made = projections.holds().version;
    await expect.poll(async () => (await liveGeneration(db, 'holds'))?.version, WAIT).toBe(made);
    await bustle(season, shows, 60, 31);
    await house.world.reached(newer);
    await newer.stop();
    await bustle(season, shows, 60, 32);
    await house.world.reached(
      older,
      PROJECTION_NAMES.filter((name) => name !== 'holds'),
    );
  });

  it('share a group with projectors of the same log and the same views only', () => {
    const views = house.world.views();
    const changed = views.map((view) => (view.name === 'holds' ? { ...view, version: 99 } : view));
    const group = groupOf('one@1', views);
    expect(groupOf('one@1', views.toReversed())).toBe(group);
    expect([
      groupOf('two@1', views),
      groupOf('one@1', changed),
      groupOf('one@1', views.slice(1)),
    ]).not.toContain(group);
  });
});
