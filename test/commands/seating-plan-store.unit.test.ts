// Seating plans in memory: read once, shared by all, let go when there are too many seats.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { CommandPipeline } from '../../src/commands/pipeline.ts';
import { SeatingPlanStore } from '../../src/commands/seating-plan-store.ts';
import type { SeatingPlanEvent } from '../../src/domain/seating-plan/events.ts';
import type { SeatingPlan } from '../../src/domain/seating-plan/plan.ts';
import { countedIds, HALL, House, StoppedClock } from './support/house.ts';
import { seatAggregate, seatsOf, type SeatAggregate } from './support/seats.ts';
import { UnrulyLog } from './support/unruly-log.ts';

const metadata = {
  commandId: 'c',
  requestHash: '',
  actor: 'test',
  correlationId: 'r',
  causationId: 'c',
  at: '2026-06-01T20:00:00.000Z',
};

async function drawPlan(log: UnrulyLog, id: string, seats: number): Promise<void> {
  const columns = <T>(of: (i: number) => T): T[] => Array.from({ length: seats }, (_, i) => of(i));
  const row = {
    zone: 'Z',
    name: '1',
    ids: columns((i) => `S-${i}`),
    numbers: columns(String),
    categories: columns(() => 0),
    x: columns((i) => i),
    y: columns(() => 0),
  };
  const drawn: SeatingPlanEvent[] = [
    {
      type: 'SeatingPlanDrawn',
      data: {
        venueId: 'v',
        name: id,
        categories: [{ id: 'C', name: 'C', color: null }],
        areas: [],
        focalPoint: { x: 0, y: 0 },
        seatCount: seats,
      },
    },
    { type: 'RowsDrawn', data: { rows: [row] } },
  ];
  await log.append(
    `seating-plan-${id}`,
    -1,
    drawn.map((event) => ({ ...event, id: countedIds.uuid(), metadata })),
  );
}

async function storeOf(plans: Record<string, number>, bounds = {}) {
  const log = new UnrulyLog(new MemoryEventLog(new StoppedClock()));
  for (const [id, seats] of Object.entries(plans)) await drawPlan(log, id, seats);
  return { log, store: new SeatingPlanStore(log, bounds) };
}

describe('a seating plan', () => {
  test('is read from its stream once, however many ask at the same time', async () => {
    const { log, store } = await storeOf({ p: 3 });
    expect(store.get('p')).toBeUndefined();
    const plans = await Promise.all([store.load('p'), store.load('p'), store.load('p')]);
    expect(plans[0]).toMatchObject({ id: 'p', seatCount: 3, seatIds: ['S-0', 'S-1', 'S-2'] });
    expect(new Set([...plans, store.get('p'), await store.load('p')]).size).toBe(1);
    expect(log.reads.length).toBe(1);
  });

  test('that nobody has drawn is undefined, and asked of the log again', async () => {
    const { log, store } = await storeOf({});
    expect(await store.load('p')).toBeUndefined();
    await drawPlan(log, 'p', 1);
    expect(await store.load('p')).toMatchObject({ seatCount: 1 });
  });

  test('that could not be read is read again for the next who asks', async () => {
    const { log, store } = await storeOf({ p: 1 });
    log.readFailures = [true];
    await expect(store.load('p')).rejects.toMatchObject({ code: 'EventLogUnavailable' });
    expect(await store.load('p')).toMatchObject({ seatCount: 1 });
  });

  test('just drawn is put there without a read', async () => {
    const { log, store } = await storeOf({ p: 1 });
    const plan = (await store.load('p'))!;
    const other = new SeatingPlanStore(log);
    other.put(plan);
    other.put(plan);
    expect(await other.load('p')).toBe(plan);
    expect(log.reads.length).toBe(1);
  });

  test('leaves when there are too many seats, the longest unused first', async () => {
    const { store } = await storeOf({ a: 100, b: 100, c: 100, d: 100 }, { seatsMax: 370, plansMin: 1 });
    for (const id of ['a', 'b', 'c']) await store.load(id);
    store.get('a');
    await store.load('d');
    expect(['a', 'b', 'c', 'd'].filter((id) => store.get(id) !== undefined)).toEqual(['a', 'c', 'd']);
  });

  test('is the one that was asked for, and kept as there is room, in whatever order the reads end', async () => {
    const some = fc.array(fc.constantFrom('a', 'b', 'c', 'none'), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), some, async (scheduler, ids) => {
        const { log, store } = await storeOf({ a: 100, b: 100, c: 100 }, { seatsMax: 250, plansMin: 1 });
        const turn = () => scheduler.schedule(Promise.resolve());
        log.afterWholeRead = turn;
        const loads = ids.map(async (id) => {
          await turn();
          return store.load(id);
        });
        const plans = await scheduler.waitFor(Promise.all(loads));
        expect(plans.map((plan) => plan?.id ?? 'none')).toEqual(ids);
        const kept = ['a', 'b', 'c'].filter((id) => store.get(id) !== undefined);
        const different = new Set(ids.filter((id) => id !== 'none')).size;
        expect(kept).toHaveLength(Math.min(2, different));
      }),
      { numRuns: 500 },
    );
  });

  test('stays though it is too large, with the few used last', async () => {
    const { store } = await storeOf({ a: 100, b: 100, c: 100 }, { seatsMax: 10, plansMin: 2 });
    for (const id of ['a', 'b', 'c']) await store.load(id);
    expect(['a', 'b', 'c'].filter((id) => store.get(id) !== undefined)).toEqual(['b', 'c']);
  });
});

describe('an event that names a seating plan', () => {
  /** Each seat taken is looked up in the plan of the same name. */
  function planned(plans: { get(id: string): SeatingPlan | undefined }): SeatAggregate {
    return {
      ...seatAggregate,
      needsPlan: ({ type, data }) => (type === 'SeatTaken' ? (data as { by: string }).by : null),
      evolve: (state, event) => {
        const { by } = event.data as { by: string };
        if (plans.get(by) === undefined) throw new Error(`plan ${by} is not in memory`);
        seatAggregate.evolve(state, event);
      },
    };
  }

  async function takenIn(plans: Record<string, number>) {
    const house = new House();
    await house.take('p', ['A', 'B']);
    for (const [id, seats] of Object.entries(plans)) await drawPlan(house.log, id, seats);
    const store = new SeatingPlanStore(house.log.inner);
    const pipeline = new CommandPipeline({
      log: house.log.inner,
      clock: house.clock,
      ids: countedIds,
      plans: store,
    });
    return () => pipeline.read(planned(store), HALL, seatsOf);
  }

  test('is applied when the plan is in memory', async () => {
    const look = await takenIn({ p: 2 });
    expect((await look()).value).toEqual({ A: 'p', B: 'p' });
  });

  test('is an error with the names of both when there is no such plan', async () => {
    const look = await takenIn({});
    await expect(look()).rejects.toThrow(`show-${HALL} names the seating plan p`);
  });
});
