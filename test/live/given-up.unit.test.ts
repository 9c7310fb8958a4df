// A show that cannot be followed is given up, and whoever comes just then must not be left with a map that stands still.
import { expect, it } from 'vitest';
import { LiveStream } from '../../src/live/live-stream.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { Connection } from './stage.ts';
import { LiveWorld, SHOW } from './world.ts';

const after = async (turns: number): Promise<void> => {
  for (let i = 0; i < turns; i += 1) await Promise.resolve();
};

/** One that never delivers the show's first change, and cannot be read where `fails` says so. */
const lossyLog = (world: LiveWorld, fails: () => boolean): EventLog => ({
  append: (...args) => world.log.append(...args),
  async *readStream(...args) {
    if (fails()) throw new Fault('EventLogUnavailable', 'The log cannot be reached.');
    yield* world.log.readStream(...args);
  },
  readAll: (...args) => world.log.readAll(...args),
  lastPosition: () => world.log.lastPosition(),
  subscribeAll: (position, handle, options) =>
    world.log.subscribeAll(position, (events) => handle(events.filter((e) => e.revision !== 1)), options),
  now: () => world.log.now(),
  close: () => world.log.close(),
});

/** The first change does not come, so that the show is read again, in vain. */
async function giveUp(world: LiveWorld): Promise<void> {
  world.show.held('ann', ['A-1']);
  world.show.held('bob', ['A-2']);
  await world.publish();
}

it('who asks for a show before there is one may listen once it is there', async () => {
  const world = new LiveWorld();
  const stream = new LiveStream({ shows: world.live, clock: world.clock });
  await world.live.start();
  const connection = new Connection();
  const listen = () => stream.listen(SHOW, null, () => connection);
  expect(await listen()).toBe('noSuchShow');
  await world.publish();
  expect(await listen()).toBe('listening');
  await stream.stop();
  await world.live.stop();
});

it('who cannot be shown a map is counted out, and may ask again when the log is back', async () => {
  const world = new LiveWorld();
  await world.publish();
  let isLost = true;
  const live = world.another({ log: lossyLog(world, () => isLost) });
  const stream = new LiveStream({ shows: live, clock: world.clock });
  await live.start();
  const connection = new Connection();
  const listen = () => stream.listen(SHOW, null, () => connection);
  await expect(listen()).rejects.toThrow('cannot be reached');
  expect(stream.listeners).toBe(0);
  isLost = false;
  expect(await listen()).toBe('listening');
  expect(connection.kinds).toEqual(['snapshot 0']);
  await stream.stop();
  await live.stop();
});

it('who listens to a show that is given up is sent away, also who takes nothing, and may come back', async () => {
  const world = new LiveWorld();
  await world.publish();
  let isLost = false;
  const live = world.another({ log: lossyLog(world, () => isLost) });
  const stream = new LiveStream({ shows: live, clock: world.clock });
  await live.start();
  const [connection, stalled] = [new Connection(), new Connection()];
  stalled.full = true;
  for (const target of [connection, stalled]) await stream.listen(SHOW, null, () => target);
  isLost = true;
  await giveUp(world);
  expect(connection.ended).toBe(true);
  expect(stalled.destroyed).toBe(true);
  expect(stream.listeners).toBe(0);
  isLost = false;
  const back = new Connection();
  await stream.listen(SHOW, 0, () => back);
  expect(back.kinds).toEqual(['delta 1', 'delta 2']);
  await stream.stop();
  await live.stop();
});

it('who comes while a show is given up listens to what is read anew', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    const world = new LiveWorld();
    await world.publish();
    let isLost = true;
    const joining: Promise<unknown>[] = [];
    const connection = new Connection();
    const log = lossyLog(world, () => {
      if (!isLost || live.size.shows === 0) return false;
      joining.push(after(turns).then(() => stream.listen(SHOW, null, () => connection)));
      isLost = false;
      return true;
    });
    const live = world.another({ log });
    const stream = new LiveStream({ shows: live, clock: world.clock });
    await live.start();
    await live.availability(SHOW);
    await giveUp(world);
    await Promise.all(joining);
    world.show.held('cleo', ['A-3']);
    await world.publish();
    await world.clock.pass(25);
    // Who began with the show that was given up is sent away, and comes back by himself.
    expect(connection.ended || connection.told.at(-1)?.id === 3, `after ${turns} turns`).toBe(true);
    await stream.stop();
    await live.stop();
  }
});
