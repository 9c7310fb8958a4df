// Lapses are recorded soon after `until` though nobody asks, in order after a restart, and whatever fails meanwhile.
import { afterEach, describe, expect, it } from 'vitest';
import { iso, MINUTE } from '../domain/show/show-spec.ts';
import { WorkerWorld } from './worker-world.ts';

const worlds: WorkerWorld[] = [];
const world = async (options: Parameters<typeof WorkerWorld.withShows>[0] = {}) => {
  const made = await WorkerWorld.withShows({ holdTtlMs: MINUTE, ...options });
  worlds.push(made);
  return made;
};
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.stop();
});

describe('the hold expirer', () => {
  it('records a lapse within a moment of `until`, and not before it', async () => {
    const w = await world();
    await w.expirer().start();
    await w.hold(0, 'ann', ['A-1']);
    await w.clock.pass(MINUTE - 1);
    expect(await w.told(0)).toEqual(['SeatsHeld']);
    await w.clock.pass(201);
    expect(await w.told(0)).toEqual(['SeatsHeld', 'HoldExpired']);
  });

  it('lets everything overdue in a show lapse by one append, and goes on to the next due', async () => {
    const w = await world();
    await w.expirer().start();
    await w.hold(0, 'ann', ['A-1']);
    await w.hold(0, 'bob', ['A-2']);
    await w.clock.pass(30_000);
    await w.hold(0, 'cat', ['A-3']);
    await w.clock.pass(30_200);
    expect(await w.told(0)).toEqual(['SeatsHeld', 'SeatsHeld', 'SeatsHeld', 'HoldExpired', 'HoldExpired']);
    await w.clock.pass(30_000);
    expect((await w.told(0)).filter((type) => type === 'HoldExpired')).toHaveLength(3);
  });

  it('lets thousands lapse by appends that a log takes at once', async () => {
    const w = await world({ seats: 5_000 });
    await Promise.all(w.plan.seatIds.map((seat, i) => w.hold(0, `customer-${i}`, [seat])));
    const sizes: number[] = [];
    const append = w.log.append.bind(w.log);
    w.log.append = (stream, expected, events) => {
      sizes.push(JSON.stringify(events).length);
      return append(stream, expected, events);
    };
    await w.expirer().start();
    await w.clock.pass(MINUTE + 200);
    expect((await w.told(0)).filter((type) => type === 'HoldExpired')).toHaveLength(5_000);
    expect(Math.max(...sizes)).toBeLessThan(1_048_576);
  });

  it('serves the line in the same decision', async () => {
    const w = await world({ seats: 1, offerTtlMs: MINUTE });
    await w.expirer().start();
    await w.hold(0, 'ann', ['A-1']);
    await w.join(0, 'bob');
    await w.join(0, 'cat');
    await w.clock.pass(MINUTE + 200);
    expect(await w.told(0)).toEqual([
      'SeatsHeld',
      'WaitlistJoined',
      'WaitlistJoined',
      'HoldExpired',
      'SeatsOffered',
    ]);
    await w.clock.pass(MINUTE + 200);
    expect((await w.told(0)).slice(-2)).toEqual(['OfferExpired', 'SeatsOffered']);
  });

  it('rests when sales have opened to a line for which nothing is free', async () => {
    const w = await world({ seats: 1 });
    const expirer = w.expirer();
    await expirer.start();
    await w.confirm(0, await w.hold(0, 'ann', ['A-1']));
    await w.join(0, 'bob');
    await w.send(w.shows[0]!, { kind: 'EditShow', salesOpenAt: iso(w.clock.now() + MINUTE), reason: null });
    await w.clock.pass(MINUTE + 200);
    expect(expirer.waiting).toBe(0);
  });

  it('waits longer for a hold that was extended, and not at all for one that ended', async () => {
    const w = await world();
    await w.expirer().start();
    const held = await w.hold(0, 'ann', ['A-1']);
    await w.release(0, await w.hold(0, 'bob', ['A-2']));
    await w.extend(0, held, w.clock.now() + 3 * MINUTE);
    await w.clock.pass(2 * MINUTE);
    expect(await w.told(0)).toEqual(['SeatsHeld', 'SeatsHeld', 'HoldReleased', 'HoldExtended']);
    await w.clock.pass(MINUTE + 200);
    expect((await w.told(0)).at(-1)).toBe('HoldExpired');
  });

  it('catches up after a restart in order of `until`, whatever was held by shows in between', async () => {
    const w = await world({ shows: 40 });
    const order = Array.from({ length: 40 }, (_, i) => (i * 17) % 40);
    for (const show of order) {
      await w.hold(show, 'ann', ['A-1']);
      await w.clock.pass(10);
    }
    await w.clock.pass(10 * MINUTE);
    const before = await w.log.lastPosition();
    const expirer = w.expirer();
    await expirer.start();
    await w.clock.pass(1_000);
    const lapsed = await w.log.readAll(before, 100);
    expect(lapsed.map((e) => e.stream)).toEqual(order.map((show) => `show-${w.shows[show]}`));
    expect(expirer.waiting).toBe(0);
  });

  it('does nothing before it knows all that is overdue', async () => {
    const w = await world({ shows: 2 });
    await w.hold(0, 'ann', ['A-1']);
    await w.clock.pass(100);
    const dueShows = {
      read: async () => {
        await w.clock.sleep(2 * MINUTE);
        return { position: 0, shows: [] };
      },
    };
    const starting = w.expirer({ dueShows }).start();
    await w.hold(1, 'bob', ['A-1']);
    await starting;
    await w.clock.pass(2 * MINUTE - 1);
    const before = await w.log.lastPosition();
    await w.clock.pass(500);
    const lapsed = await w.log.readAll(before, 100);
    expect(lapsed.map((e) => e.stream)).toEqual(w.shows.map((show) => `show-${show}`));
  });

  it('starts from a view of holds without reading the log before it', async () => {
    const w = await world({ shows: 2 });
    await w.hold(0, 'ann', ['A-1']);
    const position = await w.log.lastPosition();
    await w.hold(1, 'bob', ['A-1']);
    const read: number[] = [];
    const log = w.logWith({
      readAll: (after, ...rest) => {
        read.push(after);
        return w.log.readAll(after, ...rest);
      },
    });
    const dueShows = {
      read: async () => ({ position, shows: [{ showId: w.shows[0]!, dueMs: w.clock.now() + MINUTE }] }),
    };
    await w.expirer({ dueShows, log }).start();
    await w.clock.pass(MINUTE + 500);
    expect([await w.told(0), await w.told(1)]).toEqual([
      ['SeatsHeld', 'HoldExpired'],
      ['SeatsHeld', 'HoldExpired'],
    ]);
    expect(Math.min(...read)).toBe(position);
  });

  it('goes on trying while the log cannot be reached, at the start and later', async () => {
    const w = await world();
    await w.hold(0, 'ann', ['A-1']);
    let broken = 3;
    const dueShows = {
      read: async () => {
        if ((broken -= 1) >= 0) throw new Error('no database');
        return { position: 0, shows: [] };
      },
    };
    await w.expirer({ dueShows }).start();
    await w.clock.pass(2_000);
    expect(w.faults).toHaveLength(3);
    w.failing = true;
    await w.clock.pass(MINUTE);
    expect(await w.told(0)).toEqual(['SeatsHeld']);
    expect(w.faults.length).toBeGreaterThan(3);
    w.failing = false;
    await w.clock.pass(10_000);
    expect(await w.told(0)).toEqual(['SeatsHeld', 'HoldExpired']);
  });

  it('does no harm beside others of its kind', async () => {
    const w = await world({ shows: 5 });
    const [first, second, third] = [w.expirer(), w.expirer(), w.expirer()];
    await Promise.all([first.start(), second.start(), third.start()]);
    for (let show = 0; show < 5; show += 1) await w.hold(show, 'ann', ['A-1', 'A-2']);
    await w.clock.pass(MINUTE + 500);
    for (let show = 0; show < 5; show += 1) expect(await w.told(show)).toEqual(['SeatsHeld', 'HoldExpired']);
    expect(w.faults).toEqual([]);
  });
});
