// A clock that is put back while views follow the log: nothing waits until it is where it was.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { liveGeneration } from '../../src/projections/registry.ts';
import { ProjectorWorld } from './projector-world.ts';

let world: ProjectorWorld;
beforeEach(async () => {
  world = await ProjectorWorld.open();
});
afterEach(() => world.close());

// Seed 500 of 250 wishes: views slept for an hour.
test('changes are visible soon though the clock is put back meanwhile', async () => {
  let putMs = 0;
  const running = world.projector({ clock: { ...systemClock, now: () => Date.now() + putMs } });
  await running.start();
  await world.reached(running);
  const positionOf = async () => (await liveGeneration(world.db, 'holds'))!.position;
  for (const customer of ['before', 'after']) {
    await world.season.hold(world.shows[0]!, customer, { best: 1 });
    await expect.poll(positionOf, { timeout: 3_000 }).toBeGreaterThanOrEqual(world.season.position);
    putMs = -3_600_000;
  }
});
