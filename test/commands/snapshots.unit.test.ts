// Snapshots shorten loading and decide nothing: whatever is wrong with one, the state is that of the events.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { MemorySnapshotStore } from '../../src/adapters/memory/memory-snapshot-store.ts';
import type { Snapshot, SnapshotStore } from '../../src/ports/snapshot-store.ts';
import {
  emptyHall,
  evolveSeats,
  seatAggregate,
  type SeatAggregate,
  type SeatCommand,
} from './support/seats.ts';
import { accepted, eventsIn, HALL, House, START, StoppedClock } from './support/house.ts';

const stream = `show-${HALL}`;
const limits = { snapshotAfterEvents: 10 };

/** A house whose hall has this many events, with a snapshot of the first ones if any was due. */
async function houseWith(
  events: number,
  snapshots: SnapshotStore = new MemorySnapshotStore(),
): Promise<House> {
  const house = new House({ snapshots, limits });
  for (let i = 0; i < events; i += 1) await house.take('ann', [`A${i}`]);
  return house;
}

/** Every event folded from the first. */
async function foldOf(house: House) {
  const state = emptyHall();
  for (const event of await house.events()) evolveSeats(state, event);
  return state;
}

describe('a snapshot', () => {
  test('is saved in the background after so many events, and the tail is read on top of it', async () => {
    const snapshots = new MemorySnapshotStore();
    const house = await houseWith(15, snapshots);
    expect((await snapshots.load(stream))!.revision).toBe(10);
    house.restart();
    house.log.reads = [];
    expect(Object.keys((await house.look()).value).length).toBe(15);
    expect(house.log.reads).toEqual([
      { stream, from: 0 }, // no more than a short stream would have
      { stream, from: 10 },
    ]);
    expect(house.counts.get('stateLoaded 4 used')).toBe(1);
    const whole = await foldOf(house);
    const seen = await house.pipeline.read(seatAggregate, HALL, (state) => structuredClone(state));
    expect(seen.value).toEqual(whole);
  });

  test('is not asked for where the stream is too short to have one', async () => {
    const snapshots = new MemorySnapshotStore();
    const asked: string[] = [];
    const watched: SnapshotStore = {
      load: (name) => (asked.push(name), snapshots.load(name)),
      save: (name, snapshot) => snapshots.save(name, snapshot),
    };
    const house = await houseWith(9, watched);
    house.restart();
    house.log.reads = [];
    expect(Object.keys((await house.look()).value).length).toBe(9);
    expect(house.log.reads).toEqual([{ stream, from: 0 }]);
    expect(asked).toEqual([]);
  });

  test('is saved after a load that took long', async () => {
    const house = await houseWith(15, undefined);
    const snapshots = new MemorySnapshotStore();
    const there = house.another({ snapshots });
    await there.look();
    expect((await snapshots.load(stream))!.revision).toBe(14);
    expect(there.counts.get('stateLoaded 15 none')).toBe(1);
  });

  test('of another version is ignored', async () => {
    const house = await houseWith(15);
    house.restart();
    const next: SeatAggregate = { ...seatAggregate, snapshot: { ...seatAggregate.snapshot!, version: 2 } };
    const seen = await house.pipeline.read(next, HALL, (state) => state.revision);
    expect(seen).toMatchObject({ value: 14, revision: 14 });
    expect(house.counts.get('stateLoaded 15 ignored')).toBe(1);
  });

  test('ahead of its stream, ending with another event than stands there, of no use to its aggregate or unreadable is ignored', async () => {
    const saved = (lastAt: number) => seatAggregate.snapshot!.save({ ...emptyHall(), revision: 10, lastAt });
    const good: Snapshot = { revision: 10, version: 1, state: saved(START) };
    const bad: (Snapshot | Error)[] = [
      { ...good, revision: 99, state: { ...(good.state as object), revision: 99 } },
      { ...good, state: saved(START - 1) },
      { ...good, revision: 9 },
      { ...good, state: null },
      new Error('the table is gone'),
    ];
    for (const snapshot of bad) {
      const house = await houseWith(12);
      const load = async () => {
        if (snapshot instanceof Error) throw snapshot;
        return snapshot;
      };
      const there = house.another({ snapshots: { load, save: async () => {} } });
      expect(Object.keys((await there.look()).value).length).toBe(12);
      expect(there.counts.get('stateLoaded 12 ignored')).toBe(1);
    }
  });

  test('that cannot be saved costs nothing but a number in the metrics', async () => {
    const save = async (): Promise<void> => {
      throw new Error('the table is gone');
    };
    const house = await houseWith(25, { load: async () => null, save });
    expect(house.counts.get('snapshotSaved false')).toBe(2);
    expect(accepted(await house.take('bob', ['B'])).revision).toBe(25);
  });

  test('is never waited for', async () => {
    const save = (): Promise<void> => new Promise(() => {});
    const house = await houseWith(25, { load: async () => null, save });
    expect((await house.look()).revision).toBe(24);
  });

  test('shares nothing with the state, which goes on changing', async () => {
    const snapshots = new MemorySnapshotStore();
    const house = await houseWith(11, snapshots);
    const before = JSON.stringify(await snapshots.load(stream));
    await house.send({ kind: 'Free', seat: 'A0' });
    expect(JSON.stringify(await snapshots.load(stream))).toBe(before);
  });
});

test('a state from snapshot and tail equals the full fold, whatever happened and whenever it was saved', async () => {
  const seat = fc.constantFrom('A', 'B', 'C', 'D');
  const command: fc.Arbitrary<SeatCommand> = fc.oneof(
    fc.record({
      kind: fc.constant('Take' as const),
      seats: fc.uniqueArray(seat, { minLength: 1 }),
      by: fc.constantFrom('ann', 'bob'),
    }),
    fc.record({ kind: fc.constant('Free' as const), seat }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { maxLength: 60 }),
      fc.nat(8),
      async (commands, snapshotAfterEvents) => {
        const clock = new StoppedClock();
        const house = new House({
          snapshots: new MemorySnapshotStore(),
          limits: { snapshotAfterEvents },
          log: new MemoryEventLog(clock),
          clock,
        });
        for (const one of commands) {
          clock.nowMs += 1;
          if (commands.indexOf(one) % 7 === 3) house.restart();
          await house.send(one);
        }
        house.restart();
        const seen = await house.pipeline.read(seatAggregate, HALL, (state) => structuredClone(state));
        const whole = emptyHall();
        for (const event of await eventsIn(house.log)) evolveSeats(whole, event);
        expect(seen.value).toEqual(whole);
      },
    ),
  );
});
