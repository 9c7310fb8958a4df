// The live view begins at a snapshot only to be quicker: whatever is wrong with one, the map is that of the events.
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import type { Snapshot, SnapshotStore } from '../../src/ports/snapshot-store.ts';
import type { saveShow } from '../../src/domain/show/snapshot.ts';
import { T0 } from '../domain/show/show-spec.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { codesOf, LiveWorld, SHOW, type AvailabilityJson } from './world.ts';

/** Remembers from where streams were read. */
class WatchedLog extends MemoryEventLog {
  readonly reads: number[] = [];

  override readStream(stream: string, fromRevision: number): AsyncGenerator<RecordedEvent[]> {
    this.reads.push(fromRevision);
    return super.readStream(stream, fromRevision);
  }
}

/** A show of three events, A-1 and A-2 held, and a fourth that is only decided: A-3 held. */
async function showOfThree() {
  const world = new LiveWorld({ rows: 1, seatsPerRow: 4 });
  world.show.held('ann', ['A-1']);
  const early = snapshotOf(world);
  world.show.held('bob', ['A-2']);
  const log = new WatchedLog(new VirtualClock(T0));
  const metadata = { actor: 'client:shop', correlationId: 'c', causationId: 'c' };
  const events = world.show.history.map((event, i) => ({
    ...event,
    id: `00000000-0000-4000-8000-00000000000${i}`,
    metadata: { ...metadata, ...event.metadata },
  }));
  await log.append(`show-${SHOW}`, -1, events);
  world.show.held('cat', ['A-3']);
  const ahead = snapshotOf(world);
  return { world, log, early, ahead };
}

function snapshotOf({ show }: LiveWorld): Snapshot {
  const shape = show.aggregate.snapshot!;
  const state: unknown = JSON.parse(JSON.stringify(shape.save(show.state)));
  return { revision: show.state.revision, version: shape.version, state };
}

/** As saved where another event stood at that revision. */
function ofAnotherTime(good: Snapshot): Snapshot {
  const state = structuredClone(good.state as ReturnType<typeof saveShow>);
  return { ...good, state: { ...state, flags: { ...state.flags, lastAt: state.flags.lastAt - 1 } } };
}

const holding = (snapshot: Snapshot): SnapshotStore => ({ load: async () => snapshot, save: async () => {} });

/** Codes and revision of the map that a view with this store shows first. */
async function mapWith({ world, log }: { world: LiveWorld; log: WatchedLog }, snapshots: SnapshotStore) {
  const live = world.another({ log, snapshots });
  await live.start();
  const answer = await live.availability(SHOW);
  await live.stop();
  const map = JSON.parse(answer!.body.toString()) as AvailabilityJson;
  return { codes: codesOf(map), revision: map.revision };
}

const TRUE_MAP = { codes: [1, 1, 0, 0], revision: 2 };

describe('a snapshot', () => {
  test('is begun with, and the stream is read from its last event on', async () => {
    const house = await showOfThree();
    expect(await mapWith(house, holding(house.early))).toEqual(TRUE_MAP);
    expect(house.log.reads).toEqual([1]);
  });

  test('that is ahead of the log is of another history: the stream is read whole', async () => {
    const house = await showOfThree();
    expect(await mapWith(house, holding(house.ahead))).toEqual(TRUE_MAP);
    expect(house.log.reads).toEqual([3, 0]);
  });

  test('that ends with another event than stands there is of another history: the stream is read whole', async () => {
    const house = await showOfThree();
    expect(await mapWith(house, holding(ofAnotherTime(house.early)))).toEqual(TRUE_MAP);
    expect(house.log.reads).toEqual([1, 0]);
  });

  test.each<[string, (good: Snapshot) => Partial<Snapshot>]>([
    ['of another version', () => ({ version: 99 })],
    ['without a state', () => ({ state: null })],
    ['of a broken state', () => ({ state: { planId: 'plan-1', flags: {} } })],
    ['of a plan that is nowhere', ({ state }) => ({ state: { ...(state as object), planId: 'lost' } })],
    ['of another revision than it says', () => ({ revision: 2 })],
  ])('%s is ignored', async (_, fault) => {
    const house = await showOfThree();
    const broken = holding({ ...house.early, ...fault(house.early) });
    expect(await mapWith(house, broken)).toEqual(TRUE_MAP);
    expect(house.log.reads).toEqual([0]);
  });

  test('that cannot be reached is done without', async () => {
    const house = await showOfThree();
    const unreachable: SnapshotStore = { ...holding(house.early), load: () => Promise.reject(new Error()) };
    expect(await mapWith(house, unreachable)).toEqual(TRUE_MAP);
  });

  test('of a show whose stream is empty shows no show', async () => {
    const { world, ahead } = await showOfThree();
    const live = world.another({ log: new WatchedLog(new VirtualClock(T0)), snapshots: holding(ahead) });
    await live.start();
    expect(await live.availability(SHOW)).toBeNull();
    await live.stop();
  });
});
