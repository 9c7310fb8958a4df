// States in memory between commands: kept while there is room, let go when idle, never while there is work.
import { describe, expect, test } from 'vitest';
import { seatAggregate } from './support/seats.ts';
import { accepted, House, ticks } from './support/house.ts';

// A state of the hall in these tests: 100 bytes and 10 for each seat taken.
const take = (house: House, id: string, seats = ['A']) =>
  house.send({ kind: 'Take', seats, by: 'ann' }, {}, seatAggregate, id);
const loads = (house: House) =>
  [...house.counts].filter(([key]) => key.startsWith('stateLoaded')).reduce((sum, [, n]) => sum + n, 0);

describe('a cached state', () => {
  test('is not read again for the next command', async () => {
    const house = new House();
    await take(house, 'one');
    await take(house, 'one', ['B']);
    await house.look('one');
    expect(house.log.reads.length).toBe(1);
    expect(house.pipeline.stats()).toEqual({ waiting: 0, busyWriters: 0, cachedStates: 1, cachedBytes: 100 });
  });

  test('leaves when the bound in bytes is passed, the longest idle first, and is loaded again when needed', async () => {
    const house = new House({ limits: { stateCacheBytesMax: 250 } });
    await take(house, 'one');
    await take(house, 'two');
    await house.look('one');
    await take(house, 'three');
    expect(house.pipeline.stats()).toMatchObject({ cachedStates: 2, cachedBytes: 200 });
    const before = loads(house);
    expect((await house.look('one')).value).toEqual({ A: 'ann' });
    expect(loads(house)).toBe(before);
    expect((await house.look('two')).value).toEqual({ A: 'ann' });
    expect(loads(house)).toBe(before + 1);
  });

  test('leaves when there are too many', async () => {
    const house = new House({ limits: { cachedStatesMax: 3 } });
    for (let i = 0; i < 10; i += 1) await take(house, `hall-${i}`);
    expect(house.pipeline.stats().cachedStates).toBe(3);
    for (let i = 0; i < 10; i += 1) expect((await house.look(`hall-${i}`)).value).toEqual({ A: 'ann' });
  });

  test('is kept while it has work, however much is over the bound', async () => {
    const house = new House({ limits: { stateCacheBytesMax: 150, cachedStatesMax: 1 } });
    await take(house, 'busy');
    house.log.pause();
    const under = take(house, 'busy', ['B']);
    await ticks();
    const others = ['x', 'y', 'z'].map((id) => take(house, id));
    await ticks();
    expect(house.pipeline.stats()).toMatchObject({ busyWriters: 4, cachedStates: 4 });
    house.log.resume();
    expect(accepted(await under).value).toEqual({ A: 'ann', B: 'ann' });
    await Promise.all(others);
    expect(house.pipeline.stats()).toMatchObject({ busyWriters: 0, cachedStates: 1 });
  });

  test('that alone is over the bound stays while it is the one in use', async () => {
    const house = new House({ limits: { stateCacheBytesMax: 10 } });
    await take(house, 'large');
    await take(house, 'large', ['B']);
    expect(house.log.reads.length).toBe(1);
  });

  test('is measured again as it grows', async () => {
    const house = new House({ limits: { batchSizeMax: 1 } });
    await Promise.all(Array.from({ length: 64 }, (_, i) => take(house, 'one', [`A${i}`])));
    expect(house.pipeline.stats().cachedBytes).toBe(100 + 64 * 10);
  });

  test('of a stream that does not exist is not kept: random ids cost one read each and no memory', async () => {
    const house = new House();
    await Promise.all(Array.from({ length: 100 }, (_, i) => house.look(`random-${i}`)));
    await house.send({ kind: 'Free', seat: 'A' }, {}, seatAggregate, 'random-0');
    expect(house.pipeline.stats()).toEqual({ waiting: 0, busyWriters: 0, cachedStates: 0, cachedBytes: 0 });
    expect(house.log.reads.length).toBe(101);
    expect(house.log.appends.length).toBe(0);
  });

  test('is dropped with its bytes when an append fails', async () => {
    const house = new House();
    await take(house, 'one');
    house.log.mishaps = ['refused'];
    await expect(take(house, 'one', ['B'])).rejects.toMatchObject({ code: 'EventLogUnavailable' });
    expect(house.pipeline.stats()).toMatchObject({ cachedStates: 0, cachedBytes: 0 });
    expect(accepted(await take(house, 'one', ['B'])).value).toEqual({ A: 'ann', B: 'ann' });
  });
});
