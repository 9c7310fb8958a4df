// Random histories of a small, crowded show: the map kept in place, and a map patched by deltas, are at every revision
// what a fold of the stream says seat by seat.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent, NewEvent } from '../../src/domain/event.ts';
import type { ShowCommand } from '../../src/domain/show/commands.ts';
import { AvailabilityMap, DeltaRing, deltaJson, mergeDeltas, type Delta } from '../../src/live/map.ts';
import { LiveShow } from '../../src/live/live-show.ts';
import { hall, MINUTE, shop, ShowSpec, T0 } from '../domain/show/show-spec.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { codesOf, trueMap, type AvailabilityJson } from './world.ts';

const customer = fc.constantFrom('ann', 'bob', 'cat', 'dan', 'eve');
const places = fc.record({
  seats: fc.uniqueArray(fc.constantFrom('A-1', 'A-2', 'A-3', 'B-1', 'B-2', 'B-3'), { maxLength: 3 }),
  pit: fc.nat(2),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('hold' as const), customer, places }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('join' as const), customer, n: fc.nat(7) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('confirm', 'release', 'cancelBooking', 'leave', 'wait'),
      n: fc.nat(30),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('block', 'unblock', 'capacity', 'pause', 'resume', 'price'),
      n: fc.nat(6),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('replan', 'cancelShow'), n: fc.nat(9) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const pick = (all: Iterable<string>, n: number): string => {
  const list = [...all];
  return list[n % Math.max(1, list.length)] ?? 'none';
};
const pit = (capacity: number) => [{ id: 'pit', name: 'Pit', categoryId: 'Circle', capacity }];
const inPit = (quantity: number) => (quantity > 0 ? [{ areaId: 'pit', quantity }] : []);

function commandOf(show: ShowSpec, s: Step, i: number): ShowCommand | null {
  const { state } = show;
  if (s.kind === 'hold') return show.hold(s.customer, { seats: s.places.seats, areas: inPit(s.places.pit) });
  const { n } = s;
  switch (s.kind) {
    case 'join':
      return {
        ...show.join((s as { customer: string }).customer, 1 + (n % 3), {
          acceptFewer: n > 3,
          categoryId: n % 2 ? 'Stalls' : 'Circle',
        }),
        entryId: `e${i}`,
        offerHoldId: `o${i}`,
      };
    case 'confirm':
      return show.confirm(pick(state.holds.keys(), n));
    case 'release':
      return show.release(pick(state.holds.keys(), n));
    case 'cancelBooking':
      return show.cancel(pick(state.bookings.keys(), n));
    case 'leave':
      return { kind: 'LeaveWaitlist', entryId: pick(state.entries.keys(), n), caller: shop };
    case 'block':
      return { kind: 'BlockSeats', seats: [`A-${1 + (n % 3)}`], areas: inPit(n % 3), reason: 'r' };
    case 'unblock':
      return { kind: 'UnblockSeats', seats: ['A-1', 'A-2', 'A-3'], areas: inPit(n % 3), reason: 'r' };
    case 'capacity':
      return { kind: 'EditShow', areas: [{ id: 'pit', capacity: n }], reason: 'r' };
    case 'price':
      return { kind: 'EditShow', prices: { Stalls: { amount: 100 * n, currency: 'EUR' } }, reason: 'r' };
    case 'pause':
      return { kind: 'PauseSales', reason: 'r' };
    case 'resume':
      return { kind: 'ResumeSales', reason: 'r' };
    case 'cancelShow':
      return n === 0 && i > 60 ? { kind: 'CancelShow', reason: 'r' } : null;
    case 'replan': {
      if (n > 2) return null;
      const plan = hall({
        rows: 2,
        seatsPerRow: 3 + n,
        categories: ['Stalls', 'Circle'],
        areas: pit(3),
        id: `plan-${2 + n}`,
      });
      show.plans.set(plan.id, plan);
      return { kind: 'ChangeSeating', plan, prices: {}, reason: 'r' };
    }
    default:
      show.now += n * MINUTE;
      return null;
  }
}

function historyOf(steps: readonly Step[]): ShowSpec {
  const show = new ShowSpec(
    { rows: 2, seatsPerRow: 3, categories: ['Stalls', 'Circle'], areas: pit(3) },
    { ticketsPerCustomer: 4 },
  );
  steps.forEach((s, i) => {
    const command = commandOf(show, s, i);
    if (command) show.when(command);
  });
  return show;
}

const recorded = (show: ShowSpec): RecordedEvent[] =>
  show.history.map((event, revision) => ({
    ...(event as NewEvent),
    stream: 'show-x',
    revision,
    position: revision + 1,
  }));

/** How often the interesting thing happened at all. */
const seen = { keptChanges: 0, areas: 0, plans: 0, resumed: 0 };

describe('on random histories', () => {
  it('the map is at every revision what the fold says, and deltas lead from any revision to any later one', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 120 }),
        fc.nat(),
        fc.nat(),
        (steps, cutAt, joinAt) => {
          const show = historyOf(steps);
          const events = recorded(show);
          const parts = {
            aggregate: show.aggregate,
            limits: { deltasMax: 1_000, deltaBytesMax: 1e6 },
            clock: new VirtualClock(T0),
          };
          const begin = 1 + (cutAt % events.length);
          const early = show.aggregate.initialState();
          for (const event of events.slice(0, begin)) show.aggregate.evolve(early, event);
          const live = new LiveShow('x', early, parts);
          const oracle = show.aggregate.initialState();
          for (const event of events.slice(0, begin)) show.aggregate.evolve(oracle, event);
          const listeners: { codes: number[]; areas: Map<string, unknown>; revision: number }[] = [];
          for (const event of events.slice(begin)) {
            if (event.revision % 5 === joinAt % 5)
              listeners.push({ ...shown(live), revision: live.revision });
            live.apply(event);
            show.aggregate.evolve(oracle, event);
            const truth = trueMap(oracle);
            expect(shown(live).codes).toEqual(truth.codes);
            expect(JSON.parse(live.availability().body.toString())).toMatchObject({
              revision: event.revision,
              areas: truth.areas,
              categories: truth.categories,
            });
            countSeen(live, event);
          }
          for (const listener of listeners) follow(listener, live);
        },
      ),
      { numRuns: 300 },
    );
    // Of these there are 140 on average, and 25 more or fewer from run to run.
    expect(seen.keptChanges).toBeGreaterThan(20);
    expect(seen.areas).toBeGreaterThan(100);
    expect(seen.plans).toBeGreaterThan(5);
    expect(seen.resumed).toBeGreaterThan(100);
  });
});

function shown(live: LiveShow) {
  const map = JSON.parse(live.availability().body.toString()) as AvailabilityJson;
  return { codes: codesOf(map), areas: new Map(map.areas.map((area) => [area.id, area as unknown])) };
}

function countSeen(live: LiveShow, event: RecordedEvent): void {
  const [last] = live.deltasSince(live.revision - 1) ?? [];
  if (!last) seen.plans += 1;
  else if (last.areas.length > 0) seen.areas += 1;
  if (last?.changes.some((change) => change % 4 === 3) && event.type !== 'SeatsBlocked')
    seen.keptChanges += 1;
}

/** Patches what a listener saw with the deltas since, one by one and all in one: both must give the present. */
function follow(
  listener: { codes: number[]; areas: Map<string, unknown>; revision: number },
  live: LiveShow,
): void {
  const deltas = live.deltasSince(listener.revision);
  if (!deltas) return; // the plan has changed since
  const present = shown(live);
  seen.resumed += 1;
  expect(deltas.map((delta) => delta.revision)).toEqual(
    Array.from({ length: live.revision - listener.revision }, (_, i) => listener.revision + 1 + i),
  );
  const merged = mergeDeltas(deltas);
  for (const list of [deltas, merged ? [merged] : []]) {
    const codes = [...listener.codes];
    const areas = new Map(listener.areas);
    for (const delta of list.map(parsed)) {
      for (const [seat, code] of delta.changes) codes[seat] = code;
      for (const area of delta.areas) areas.set(area.id, area);
    }
    expect(codes).toEqual(present.codes);
    expect(areas).toEqual(present.areas);
  }
}

const parsed = (delta: Delta) =>
  JSON.parse(deltaJson(delta)) as { changes: [number, number][]; areas: { id: string }[] };

describe('the two-bit map', () => {
  it('gives back what was put in, whatever its size', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 }), (codes) => {
        const map = new AvailabilityMap(codes.length);
        codes.forEach((code, seat) => map.set(seat, code));
        expect(codes.map((_, seat) => map.get(seat))).toEqual(codes);
        expect(map.bytes).toHaveLength(Math.ceil(codes.length / 4));
        expect(codesOf({ seats: map.toBase64(), seatCount: codes.length })).toEqual(codes);
      }),
    );
  });
});

describe('the ring of deltas', () => {
  const delta = (revision: number, n = 0): Delta => ({
    revision,
    changes: Array.from({ length: n }, (_, i) => i),
    areas: [],
  });

  it('keeps the last so many, and knows from where on', () => {
    const ring = new DeltaRing(10, 3, 1e6);
    for (let r = 11; r <= 30; r += 1) ring.push(delta(r));
    expect(ring.since(30)).toEqual([]);
    expect(ring.since(28)!.map((d) => d.revision)).toEqual([29, 30]);
    expect(ring.since(27)).toHaveLength(3);
    expect(ring.since(26)).toBeNull();
    expect(ring.since(31)).toBeNull();
  });

  it('keeps fewer when they are large, and never more bytes than allowed', () => {
    const ring = new DeltaRing(0, 1_000, 10_000);
    for (let r = 1; r <= 50; r += 1) ring.push(delta(r, 100));
    expect(ring.bytes).toBeLessThanOrEqual(10_000);
    expect(ring.since(49)).toHaveLength(1);
    ring.push(delta(51, 10_000));
    expect(ring.since(50)).toBeNull();
    expect(ring.since(51)).toEqual([]);
    expect(ring.bytes).toBe(0);
  });

  it('lets go of what it no longer gives', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const ring = new DeltaRing(0, 1_000, 10_000);
    const pushed = Array.from({ length: 50 }, (_, i) => {
      const one = delta(i + 1, 100);
      ring.push(one);
      return new WeakRef(one);
    });
    await new Promise(setImmediate); // until then what a WeakRef names is kept
    collect();
    expect(pushed.filter((one) => one.deref() !== undefined).length).toBeLessThanOrEqual(25);
  });
});
