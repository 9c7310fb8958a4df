// Shows come into memory once however many ask, and leave when room is wanted; nothing is missed meanwhile.
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { turn } from '../support/virtual-clock.ts';
import { LiveWorld, SHOW, codesOf, trueMap, type AvailabilityJson } from './world.ts';

/** A log whose reads of streams can be counted, held up, or broken. */
function watchedLog(log: EventLog) {
  const watched = {
    reads: 0,
    broken: false,
    gate: null as Promise<void> | null,
    log: null as unknown as EventLog,
  };
  watched.log = {
    append: (...args) => log.append(...args),
    async *readStream(...args) {
      watched.reads += 1;
      if (watched.broken) throw new Fault('EventLogUnavailable', 'The log cannot be reached.');
      yield* log.readStream(...args);
      await watched.gate;
    },
    readAll: (...args) => log.readAll(...args),
    lastPosition: () => log.lastPosition(),
    subscribeAll: (...args) => log.subscribeAll(...args),
    now: () => log.now(),
    close: () => log.close(),
  };
  return watched;
}

async function stage() {
  const world = new LiveWorld({ rows: 1, seatsPerRow: 8 });
  const watched = watchedLog(world.log);
  await world.publish();
  const view = async (limits = {}) => {
    const live = world.another({ log: watched.log, limits });
    await live.start();
    return live;
  };
  return { world, watched, view };
}

describe('a show in memory', () => {
  it('is folded once for many who ask at the same time', async () => {
    const { watched, view } = await stage();
    const live = await view();
    const answers = await Promise.all(Array.from({ length: 50 }, () => live.availability(SHOW)));
    expect(new Set(answers.map((a) => a!.body))).toHaveProperty('size', 1);
    expect(watched.reads).toBe(1);
  });

  it('misses nothing that happens while it is folded', async () => {
    const { world, watched, view } = await stage();
    const live = await view();
    let open = () => {};
    watched.gate = new Promise((resolve) => (open = resolve));
    const asked = live.availability(SHOW);
    await turn();
    world.show.held('ann', ['A-1']);
    world.show.held('bob', ['A-2']);
    await world.publish();
    watched.gate = null;
    open();
    const map = JSON.parse((await asked)!.body.toString()) as AvailabilityJson;
    expect(codesOf(map)).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
    world.show.held('cat', ['A-3']);
    await world.publish();
    expect((await live.availability(SHOW))!.revision).toBe(3);
    expect(world.faults).toEqual([]);
  });

  it('fails for all who ask when the log does, and is asked anew afterwards', async () => {
    const { watched, view } = await stage();
    const live = await view();
    watched.broken = true;
    await expect(live.availability(SHOW)).rejects.toThrow('cannot be reached');
    watched.broken = false;
    expect(await live.availability(SHOW)).not.toBeNull();
  });

  it('begins from a snapshot where there is one', async () => {
    const { world, watched } = await stage();
    world.show.held('ann', ['A-1']);
    await world.publish();
    const { aggregate, state } = world.show;
    const saved = {
      revision: 1,
      version: aggregate.snapshot!.version,
      state: aggregate.snapshot!.save(state),
    };
    world.show.held('bob', ['A-2']);
    await world.publish();
    const froms: number[] = [];
    const log = {
      ...watched.log,
      readStream: (stream: string, from: number) => (froms.push(from), world.log.readStream(stream, from)),
    };
    for (const version of [saved.version, -1]) {
      const snapshots = { load: async () => ({ ...saved, version }), save: async () => {} };
      const live = world.another({ log, snapshots });
      await live.start();
      const map = JSON.parse((await live.availability(SHOW))!.body.toString()) as AvailabilityJson;
      expect(codesOf(map)).toEqual(trueMap(world.show.state).codes);
    }
    expect(froms).toEqual([1, 0]);
  });
});

describe('room', () => {
  it('is made by the shows that were not asked for longest, never by those being watched', async () => {
    const first = new LiveWorld({ rows: 1, seatsPerRow: 8 });
    const worlds: LiveWorld[] = [];
    for (let i = 0; i < 6; i += 1) {
      const world = new LiveWorld({ rows: 1, seatsPerRow: 8 }, {}, `00000000-0000-4000-8000-00000000000${i}`);
      Object.assign(world, { log: first.log, clock: first.clock });
      await world.publish();
      worlds.push(world);
    }
    const watched = watchedLog(first.log);
    const probe = first.another();
    await probe.availability(worlds[0]!.id);
    const live = first.another({ log: watched.log, limits: { bytesMax: probe.size.bytes * 3 + 100 } });
    await live.start();
    const listening = await live.listen(worlds[0]!.id, () => {});
    for (const world of worlds) await live.availability(world.id);
    expect(live.size.shows).toBe(3);
    expect(live.size.bytes).toBeLessThanOrEqual(probe.size.bytes * 3 + 100);
    const before = watched.reads;
    await live.availability(worlds[0]!.id);
    await live.availability(worlds[5]!.id);
    await live.availability(worlds[4]!.id);
    expect(watched.reads).toBe(before);
    await live.availability(worlds[1]!.id);
    expect(watched.reads).toBe(before + 1);
    listening!.stop();
    await live.availability(worlds[2]!.id);
    await live.availability(worlds[3]!.id);
    await live.availability(worlds[0]!.id);
    expect(watched.reads).toBe(before + 4);
  });
});

describe('a view that cannot follow', () => {
  it('reads a show again when an event was missed', async () => {
    const { world, watched } = await stage();
    const log: EventLog = {
      ...watched.log,
      subscribeAll: (after, handle, options) =>
        world.log.subscribeAll(after, (events) => handle(events.filter((e) => e.revision !== 1)), options),
    };
    const live = world.another({ log });
    await live.start();
    await live.availability(SHOW);
    world.show.held('ann', ['A-1']);
    world.show.held('bob', ['A-2']);
    await world.publish();
    const map = JSON.parse((await live.availability(SHOW))!.body.toString()) as AvailabilityJson;
    expect(codesOf(map)).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
    expect(String(world.faults[0])).toContain('came to revision 2 while the view has 0');
  });

  it('shows what it had while a show is read again, and never an older map', async () => {
    const { world, watched } = await stage();
    const { plans } = world.show;
    const gate = Promise.withResolvers<void>();
    let isFar = false;
    const log: EventLog = {
      ...watched.log,
      subscribeAll: (after, handle, options) =>
        world.log.subscribeAll(after, (events) => handle(events.filter((e) => e.revision !== 2)), options),
    };
    const live = world.another({
      log,
      plans: {
        get: (id) => (isFar ? undefined : plans.get(id)),
        load: async (id) => (await gate.promise, plans.get(id)),
      },
    });
    await live.start();
    const listening = await live.listen(SHOW, () => {});
    world.show.held('ann', ['A-1']);
    await world.publish();
    expect((await live.availability(SHOW))!.revision).toBe(1);
    isFar = true; // the seating plan is no longer in memory
    world.show.held('bob', ['A-2']);
    world.show.held('cleo', ['A-3']);
    await world.publish();
    expect((await live.availability(SHOW))!.revision).toBe(1);
    gate.resolve();
    await turn();
    expect((await live.availability(SHOW))!.revision).toBe(3);
    expect(listening!.show.deltasSince(1)).toHaveLength(2);
  });

  it('gives a show up that cannot be read again, tells who waits, and goes on with the others', async () => {
    const { world, watched, view } = await stage();
    const live = await view();
    await live.availability(SHOW);
    const waiting = live.waitForChange(SHOW, 0, 30_000);
    await turn();
    const plan = { ...world.show.state.plan, id: 'plan-lost' };
    world.show.plans.set(plan.id, plan);
    world.show.accepts({ kind: 'ChangeSeating', plan, prices: {}, reason: 'r' });
    world.show.plans.delete(plan.id);
    watched.broken = true;
    await world.publish();
    expect(await waiting).toBe(true);
    expect(live.size.shows).toBe(0);
    expect(live.position()).toBe(await world.log.lastPosition());
    expect(world.faults.length).toBeGreaterThan(0);
    watched.broken = false;
    world.show.plans.set(plan.id, plan);
    expect((await live.availability(SHOW))!.revision).toBe(1);
  });

  it('follows on where it was after the subscription broke', async () => {
    const { world, watched } = await stage();
    let breaks = 2;
    const log: EventLog = {
      ...watched.log,
      subscribeAll: async (after, handle, options) => {
        breaks -= 1;
        if (breaks >= 0) throw new Fault('EventLogUnavailable', 'broken');
        return world.log.subscribeAll(after, handle, options);
      },
    };
    const live = world.another({ log });
    await live.start();
    await live.availability(SHOW);
    world.show.held('ann', ['A-1']);
    await world.publish();
    await world.clock.pass(1_000);
    expect(live.position()).toBe(2);
    expect((await live.availability(SHOW))!.revision).toBe(1);
    expect(world.faults).toHaveLength(2);
    await live.stop();
  });
});
