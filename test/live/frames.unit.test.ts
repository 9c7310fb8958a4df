// Frames for who comes back: every change since, as long as that is not long.
import { expect, it } from 'vitest';
import { Frames } from '../../src/live/frames.ts';
import { LiveWorld, SHOW } from './world.ts';

it('who comes back gets each change since, but the map, shared by all, where these would be megabytes', async () => {
  const world = await LiveWorld.started({ rows: 100, seatsPerRow: 100 });
  const { show } = (await world.live.listen(SHOW, () => {}))!;
  const frames = new Frames(show);
  const seats = [...world.show.state.plan.seatIds];
  for (let i = 0; i < 20; i += 1) {
    const kind = i % 2 === 0 ? 'BlockSeats' : 'UnblockSeats';
    world.show.accepts({ kind, seats, areas: [], reason: 'r' });
  }
  await world.publish();
  const kinds = (revision: number) =>
    frames
      .resume(revision)
      .toString()
      .match(/(?<=event: )\w+/g);
  expect(kinds(17)).toEqual(['delta', 'delta', 'delta']);
  expect(kinds(0)).toEqual(['snapshot']);
  expect(frames.resume(0)).toBe(frames.resume(1));
  // A change of every seat is longer than the map.
  expect(frames.since(world.revision - 1)).toBe(frames.snapshot());
});
