// States for the counts of shows: a snapshot spares them the fold of a long stream after a restart, and decides nothing.
import { expect, test } from 'vitest';
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { saveShow } from '../../../src/domain/show/snapshot.ts';
import type { ShowState } from '../../../src/domain/show/show.ts';
import type { Snapshot } from '../../../src/ports/snapshot-store.ts';
import { ShowStates } from '../../../src/projections/views/show-states.ts';
import { LiveWorld, SHOW } from '../../live/world.ts';

const stream = `show-${SHOW}`;

/** A show whose seats are held one after another; `snapshots[n]` is of its state with n holds. */
async function heldFourTimes() {
  const world = new LiveWorld({ rows: 1, seatsPerRow: 4 });
  const { show, log } = world;
  const snapshots: Snapshot[] = [];
  const save = () => {
    const shape = show.aggregate.snapshot!;
    const state: unknown = JSON.parse(JSON.stringify(shape.save(show.state)));
    snapshots.push({ revision: show.state.revision, version: shape.version, state });
  };
  save();
  for (const seat of ['A-1', 'A-2', 'A-3', 'A-4']) {
    show.held('ann', [seat]);
    save();
  }
  await world.publish();
  const events: RecordedEvent[] = [];
  for await (const page of log.readStream(stream, 0)) events.push(...page);
  return { world, events, snapshots };
}

/** The state that counts are made from when only the events from `revision` on are at hand, and from where it was read. */
async function stateWith(
  { world, events }: Awaited<ReturnType<typeof heldFourTimes>>,
  snapshot: Snapshot,
  { from, horizon = Infinity }: { from: number; horizon?: number },
): Promise<{ state: ShowState; reads: number[]; limits: (number | undefined)[] }> {
  const reads: number[] = [];
  const limits: (number | undefined)[] = [];
  const log = new MemoryEventLog(world.clock);
  log.readStream = async function* (name, revision, limit) {
    reads.push(revision);
    limits.push(limit);
    yield* world.log.readStream(name, revision, limit);
  };
  const { plans, aggregate } = world.show;
  const planSource = { get: (id: string) => plans.get(id), load: async (id: string) => plans.get(id) };
  const snapshots = { load: async () => snapshot, save: async () => {} };
  const states = new ShowStates(log, planSource, aggregate, snapshots);
  const batch = events.filter(({ revision, position }) => revision >= from && position <= horizon);
  return { state: await states.upTo(stream, batch, horizon), reads, limits };
}

test('a show that is not in memory is read from its snapshot on', async () => {
  const house = await heldFourTimes();
  const { state, reads } = await stateWith(house, house.snapshots[2]!, { from: 4 });
  expect(reads).toEqual([2]);
  expect(state.revision).toBe(4);
  expect([...state.seats.status]).toEqual([1, 1, 1, 1]);
});

test('a snapshot of later than what is counted is not used', async () => {
  const house = await heldFourTimes();
  const horizon = house.events[2]!.position;
  const { state, reads } = await stateWith(house, house.snapshots[4]!, { from: 2, horizon });
  expect(reads).toEqual([4, 0]);
  expect(state.revision).toBe(2);
  expect([...state.seats.status]).toEqual([1, 1, 0, 0]);
});

test('a snapshot of another history or shape is not used', async () => {
  const house = await heldFourTimes();
  const good = house.snapshots[2]!;
  const state = { ...(good.state as ReturnType<typeof saveShow>) };
  const ahead = { ...good, revision: 99, state: { ...state, flags: { ...state.flags, revision: 99 } } };
  expect((await stateWith(house, ahead, { from: 4 })).reads).toEqual([99, 0]);
  const other = { ...good, state: { ...state, flags: { ...state.flags, lastAt: state.flags.lastAt - 1 } } };
  expect((await stateWith(house, other, { from: 4 })).reads).toEqual([2, 0]);
  expect((await stateWith(house, { ...good, version: 0 }, { from: 4 })).reads).toEqual([0]);
});

test('of a show that is not in memory only what lies before a batch is read', async () => {
  const house = await heldFourTimes();
  const { state, reads, limits } = await stateWith(house, house.snapshots[1]!, {
    from: 3,
    horizon: house.events[4]!.position,
  });
  expect({ reads, limits }).toEqual({ reads: [1], limits: [2] });
  expect(state.revision).toBe(4);
  expect([...state.seats.status]).toEqual([1, 1, 1, 1]);
});

test('a rebuild reads a show on to where it looks, beyond its batch', async () => {
  const house = await heldFourTimes();
  const { state, limits } = await stateWith(house, house.snapshots[1]!, { from: 3 });
  expect(limits).toEqual([Infinity]);
  expect(state.revision).toBe(4);
});
