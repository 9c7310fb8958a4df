// Views that take from the log what the feed has forgotten: that may be all there is, and takes as long as a rebuild.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EventLog } from '../../src/ports/event-log.ts';
import { bustle } from './bustle.ts';
import { PartitionedWorld } from './partitioned-world.ts';
import type { Season } from './season.ts';

let house: PartitionedWorld;
beforeEach(async () => {
  house = await PartitionedWorld.open();
});
afterEach(() => house.close());

/** A season that the feed has brought and no longer has. */
async function publishedAndForgotten(): Promise<Season> {
  const { season, shows } = house.world;
  const relay = house.relay();
  await bustle(season, shows, 50, 5);
  await expect.poll(() => relay.position).toBe(season.position);
  house.feed.forget();
  return season;
}

it('a projector that is stopped while it takes from the log stops after the page that it is at, and goes on after the next start', async () => {
  const season = await publishedAndForgotten();
  let pages = 0;
  const stopped = Promise.withResolvers<void>();
  const readAll: EventLog['readAll'] = (after, limit, only) => {
    if (only?.types !== undefined && (pages += 1) === 1) stopped.resolve(projector.stop());
    return season.log.readAll(after, limit, only);
  };
  const log: EventLog = Object.create(season.log, { readAll: { value: readAll } });
  const projector = house.world.projector({ feed: house.takes, log });
  await projector.start();
  await stopped.promise;
  expect(pages).toBe(1);
  expect(house.world.problems).toEqual([]);
  expect(await house.differing(await house.projector())).toEqual([]);
});

it('where events are long a page of the log has fewer than it might: those after it are taken too', async () => {
  const season = await publishedAndForgotten();
  const readAll: EventLog['readAll'] = (after, limit, options) =>
    season.log.readAll(after, options?.fewerIfLong ? 20 : limit, options);
  const log: EventLog = Object.create(season.log, { readAll: { value: readAll } });
  const projector = house.world.projector({ feed: house.takes, log });
  await projector.start();
  expect(await house.differing(projector)).toEqual([]);
});
