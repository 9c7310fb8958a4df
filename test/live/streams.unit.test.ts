// All live streams of a process: how many there may be, how they take turns, how they end.
import { describe, expect, it, vi } from 'vitest';
import { LiveStream } from '../../src/live/live-stream.ts';
import { turn } from '../support/virtual-clock.ts';
import { Connection, stage } from './stage.ts';
import { LiveWorld, SHOW } from './world.ts';

describe('the streams of a process', () => {
  it('rest when all are told', async () => {
    const { world, join, hold } = await stage();
    await join();
    await hold(1);
    const sleep = vi.spyOn(world.clock, 'sleep');
    await world.clock.pass(1_000);
    expect(sleep).not.toHaveBeenCalled();
  });

  it('give signs of life', async () => {
    const { world, stream, join } = await stage();
    stream.start();
    const connection = await join();
    await world.clock.pass(31_000);
    expect(connection.text.match(/^:/gm)).toHaveLength(2);
    await stream.stop();
  });

  it('are bounded, and refuse before anything is written', async () => {
    const { stream, join } = await stage({ listenersMax: 3, listenersPerShowMax: 2 });
    const first = await join();
    await join();
    const open = () => {
      throw new Error('must not be opened');
    };
    expect(await stream.listen(SHOW, null, open)).toBe('full');
    expect(await stream.listen('00000000-0000-4000-8000-00000000dead', null, open)).toBe('noSuchShow');
    expect(stream.listeners).toBe(2);
    first.destroy();
    expect(stream.listeners).toBe(1);
    await join();
    const full = await stage({ listenersMax: 2 });
    for (let i = 0; i < 2; i += 1) await full.join();
    expect(await full.stream.listen(SHOW, null, open)).toBe('full');
    expect(full.stream.listeners).toBe(2);
  });

  it('keep a show in memory only while somebody listens', async () => {
    const { world, join } = await stage();
    const small = world.another({ limits: { bytesMax: 1 } });
    const stream = new LiveStream({ shows: small, clock: world.clock });
    /** Somebody looks at another show, which makes what nobody needs leave. */
    const elsewhere = async (n: number) => {
      const other = new LiveWorld({}, {}, `00000000-0000-4000-8000-00000000000${n}`);
      Object.assign(other, { log: world.log, clock: world.clock });
      await other.publish();
      await small.availability(other.id);
    };
    const connection = new Connection();
    await stream.listen(SHOW, null, () => connection);
    expect(small.size.shows).toBe(1);
    await elsewhere(1);
    expect(small.size.shows).toBe(2);
    const again = new Connection();
    connection.destroy();
    await stream.listen(SHOW, null, () => again);
    expect(again.kinds).toEqual(['snapshot 0']);
    expect(stream.listeners).toBe(1);
    again.destroy();
    await elsewhere(2);
    expect(small.size.shows).toBe(1);
    await join();
  });

  it('count nobody whose connection was gone before it began', async () => {
    const { stream, join } = await stage();
    const gone = new Connection();
    gone.destroyed = true;
    await join(null, gone);
    expect(gone.writes).toBe(0);
    expect(stream.listeners).toBe(0);
  });

  it('end with the process for who still waits for it to get as far as he has seen', async () => {
    const { stream } = await stage();
    const joining = stream.listen(SHOW, 99, () => new Connection());
    await turn();
    await stream.stop();
    expect(await joining).toBe('ended');
    expect(stream.listeners).toBe(0);
  });

  it('end with the process, also those that take nothing', async () => {
    const { stream, join, hold } = await stage();
    stream.start();
    const [connection, stalled] = [await join(), await join()];
    stalled.full = true;
    await hold(1);
    await stream.stop();
    expect(connection.ended).toBe(true);
    expect(stalled.destroyed).toBe(true);
    expect(stream.listeners).toBe(0);
    expect(await stream.listen(SHOW, null, () => new Connection())).toBe('ended');
  });

  it('tell thousands in turns that let others in between', async () => {
    const { world, join } = await stage();
    const all = await Promise.all(Array.from({ length: 600 }, () => join()));
    const told = () => all.filter((connection) => connection.kinds.length === 2).length;
    world.show.held('ann', ['A-1']);
    await world.publish();
    expect(told()).toBe(250);
    await world.clock.pass(0);
    expect(told()).toBe(600);
  });
});
