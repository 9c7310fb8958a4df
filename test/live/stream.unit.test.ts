// Listeners of a show's live stream: a snapshot, then deltas; slow ones cost nobody anything; everything ends in order.
import { describe, expect, it } from 'vitest';
import { LiveStream } from '../../src/live/live-stream.ts';
import { Connection, belief, stage } from './stage.ts';
import { SHOW, trueMap } from './world.ts';

describe('a listener', () => {
  it('gets the map, then each change with its revision as id', async () => {
    const { world, join, hold } = await stage();
    const connection = await join();
    await hold(2);
    world.show.held('ann', { areas: [{ areaId: 'pit', quantity: 2 }] });
    await world.publish();
    await world.clock.pass(25);
    expect(connection.kinds).toEqual(['snapshot 0', 'delta 1', 'delta 2', 'delta 3']);
    expect(connection.told[0]!.data).toMatchObject({ showId: SHOW, revision: 0, seatCount: 80 });
    expect(connection.told[1]!.data).toEqual({ revision: 1, changes: [[0, 1]], areas: [] });
    expect(connection.told[3]!.data).toMatchObject({
      revision: 3,
      changes: [],
      areas: [{ id: 'pit', held: 2, free: 48 }],
    });
    const { codes, areas } = trueMap(world.show.state);
    expect(belief(connection)).toEqual({ codes, areas });
  });

  it('hears of the next change as soon as ever, though the clock was put forward while it was told of one', async () => {
    const { world, join, hold } = await stage();
    const connection = await join();
    const write = connection.write.bind(connection);
    connection.write = (chunk) => {
      world.clock.putMs += 3_600_000;
      return write(chunk);
    };
    await hold(3);
    expect(connection.kinds).toEqual(['snapshot 0', 'delta 1', 'delta 2', 'delta 3']);
  });

  it('that comes back goes on after the last event it has seen', async () => {
    const { join, hold } = await stage();
    await join();
    await hold(5);
    expect((await join(2)).kinds).toEqual(['delta 3', 'delta 4', 'delta 5']);
    expect((await join(0)).kinds).toHaveLength(5);
    expect((await join(5)).text).toMatch(/^:/);
  });

  it('that has seen more elsewhere is shown no older map: this process gets there first', async () => {
    const { world, stream, hold } = await stage();
    const connection = new Connection();
    const joining = stream.listen(SHOW, 2, () => connection);
    await hold(1);
    expect(connection.text).toBe('');
    await hold(2);
    expect(await joining).toBe('listening');
    expect(connection.kinds).toEqual(['delta 3']);
    await hold(1);
    expect(connection.kinds).toEqual(['delta 3', 'delta 4']);
    await world.live.stop();
  });

  it('that has seen what never comes starts anew after a while', async () => {
    const { world, stream, hold } = await stage();
    await hold(1);
    const connection = new Connection();
    const joining = stream.listen(SHOW, 99, () => connection);
    await world.clock.pass(5_000);
    expect(await joining).toBe('listening');
    expect(connection.kinds).toEqual(['snapshot 1']);
  });

  it('may come back to another process, or to this one after a restart: the last 1,000 are known there too', async () => {
    const { world, join } = await stage();
    for (let i = 0; i < 600; i += 1)
      world.show.accepts(world.show.release(world.show.held(`c${i}`, ['A-1'])));
    await world.publish();
    const shows = world.another();
    await shows.start();
    const elsewhere = new LiveStream({ shows, clock: world.clock });
    const comeBack = async (revision: number) => {
      const connection = new Connection();
      await elsewhere.listen(SHOW, revision, () => connection);
      return connection.kinds;
    };
    const known = Array.from({ length: 1_000 }, (_, i) => `delta ${201 + i}`);
    expect(await comeBack(200)).toEqual(known);
    expect((await join(200)).kinds).toEqual(known);
    expect(await comeBack(199)).toEqual(['snapshot 1200']);
  });

  it('gets many changes at once as one frame, and very many as one delta', async () => {
    const { world, join } = await stage();
    const connection = await join();
    const many = (n: number) => {
      for (let i = 0; i < n; i += 1)
        world.show.accepts(world.show.release(world.show.held(`c${i}`, ['A-1'])));
    };
    many(10);
    world.show.held('ann', ['A-2']);
    await world.publish();
    await world.clock.pass(25);
    expect(connection.writes).toBe(2);
    expect(connection.kinds).toEqual([
      'snapshot 0',
      ...Array.from({ length: 21 }, (_, i) => `delta ${i + 1}`),
    ]);
    many(40);
    world.show.held('bob', ['A-3']);
    await world.publish();
    await world.clock.pass(25);
    expect(connection.writes).toBe(3);
    expect(connection.kinds.at(-1)).toBe(`delta ${world.revision}`);
    expect(connection.kinds).toHaveLength(23);
    expect(belief(connection).codes).toEqual(trueMap(world.show.state).codes);
  });

  it('is told at once, and what follows closely is gathered', async () => {
    const { world, join } = await stage();
    const connection = await join();
    for (const seat of ['A-1', 'A-2', 'A-3']) {
      world.show.held(seat, [seat]);
      await world.publish();
    }
    expect(connection.kinds).toEqual(['snapshot 0', 'delta 1']);
    await world.clock.pass(20);
    expect(connection.kinds).toEqual(['snapshot 0', 'delta 1', 'delta 2', 'delta 3']);
    expect(connection.writes).toBe(3);
  });

  it('waits for the next change as long as telling the last one took, so that others have half of the time', async () => {
    const { world, join } = await stage();
    const connection = await join();
    const write = connection.write.bind(connection);
    connection.write = (chunk) => {
      world.clock.nowMs += 100;
      return write(chunk);
    };
    for (const seat of ['A-1', 'A-2']) {
      world.show.held(seat, [seat]);
      await world.publish();
    }
    await world.clock.pass(99);
    expect(connection.kinds).toEqual(['snapshot 0', 'delta 1']);
    await world.clock.pass(1);
    expect(connection.kinds).toEqual(['snapshot 0', 'delta 1', 'delta 2']);
  });

  it('whose connection breaks is counted out once', async () => {
    const { stream, join } = await stage();
    const broken = await join();
    broken.emit('error', new Error('ECONNRESET'));
    broken.emit('close');
    expect(stream.listeners).toBe(0);
  });

  it('gets a snapshot when the seating plan has changed', async () => {
    const { world, join } = await stage();
    const connection = await join();
    const plan = { ...world.show.state.plan, id: 'plan-2' };
    world.show.plans.set(plan.id, plan);
    world.show.accepts({ kind: 'ChangeSeating', plan, prices: {}, reason: 'r' });
    await world.publish();
    await world.clock.pass(25);
    expect(connection.told.at(-1)).toMatchObject({ event: 'snapshot', data: { seatingPlanId: 'plan-2' } });
  });
});

describe('a slow listener', () => {
  it('gets nothing while its buffer is full, and then a snapshot; the others are told as ever', async () => {
    const { world, join, hold } = await stage();
    const [slow, quick] = [await join(), await join()];
    slow.full = true;
    await hold(70);
    expect(slow.kinds).toEqual(['snapshot 0', 'delta 1']);
    expect(quick.kinds).toHaveLength(71);
    slow.drain();
    expect(slow.kinds).toEqual(['snapshot 0', 'delta 1', 'snapshot 70']);
    await hold(1);
    expect(slow.kinds.at(-1)).toBe('delta 71');
    expect(belief(slow)).toEqual(belief(quick));
    expect(belief(slow).codes).toEqual(trueMap(world.show.state).codes);
  });

  it('that is only a little behind gets the deltas', async () => {
    const { join, hold } = await stage();
    const [slow, quick] = [await join(), await join()];
    slow.full = true;
    await hold(3);
    slow.drain();
    for (const { kinds } of [slow, quick])
      expect(kinds).toEqual(['snapshot 0', 'delta 1', 'delta 2', 'delta 3']);
  });

  it.each([
    ['', 0],
    [', though the clock is put back meanwhile', -3_600_000],
  ])('that takes nothing at all is disconnected%s', async (_meanwhile, putMs) => {
    const { world, stream, join, hold } = await stage({ heartbeatMs: 15_000, stalledMaxMs: 30_000 });
    stream.start();
    const stalled = await join();
    stalled.full = true;
    await hold(1);
    await world.clock.pass(25_000);
    world.clock.putMs = putMs;
    expect(stalled.destroyed).toBe(false);
    await world.clock.pass(30_000);
    expect(stalled.destroyed).toBe(true);
    expect(stream.listeners).toBe(0);
    await stream.stop();
  });
});
