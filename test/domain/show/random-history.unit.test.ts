// Random histories of one small, crowded show: whatever happens, the invariants hold after every command.
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { StatedEvent } from '../../../src/domain/decider.ts';
import type { ShowCommand } from '../../../src/domain/show/commands.ts';
import { saveShow } from '../../../src/domain/show/snapshot.ts';
import { ShowSpec } from './show-spec.ts';

const customer = fc.constantFrom('ann', 'bob', 'cat', 'dan', 'eve');
const seat = fc.constantFrom('A-1', 'A-2', 'A-3', 'B-1', 'B-2', 'B-3');
const nth = fc.nat(30);
const category = fc.constantFrom('Stalls', 'Circle');

/** A step: what is done, on the n-th hold, booking or entry there is. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('hold' as const),
      customer,
      seats: fc.uniqueArray(seat, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('best' as const),
      customer,
      category,
      quantity: fc.integer({ min: 1, max: 4 }),
      together: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('join' as const),
      customer,
      category,
      quantity: fc.integer({ min: 1, max: 3 }),
      acceptFewer: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('confirm', 'release', 'cancel', 'leave', 'remove', 'move'),
      nth,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 500_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause', 'resume', 'policy', 'block', 'unblock', 'capacity'),
      nth,
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const pick = <T>(all: Iterable<T>, n: number): T | undefined => {
  const list = [...all];
  return list[n % Math.max(1, list.length)];
};

function commandOf(show: ShowSpec, s: Step, i: number): ShowCommand | null {
  const { state } = show;
  switch (s.kind) {
    case 'hold':
      return show.hold(s.customer, s.seats);
    case 'best':
      return show.best(s.customer, s.quantity, s.together, s.category);
    case 'join':
      return {
        ...show.join(s.customer, s.quantity, { acceptFewer: s.acceptFewer, categoryId: s.category }),
        entryId: `e${i}`,
        offerHoldId: `o${i}`,
      };
    case 'confirm':
      return show.confirm(pick(state.holds.keys(), s.nth) ?? 'none');
    case 'release':
      return show.release(pick(state.holds.keys(), s.nth) ?? 'none');
    case 'cancel':
      return show.cancel(pick(state.bookings.keys(), s.nth) ?? 'none');
    case 'leave':
      return show.leave(pick(state.entries.keys(), s.nth) ?? 'none');
    case 'remove':
      return { kind: 'RemoveEntry', entryId: pick(state.entries.keys(), s.nth) ?? 'none', reason: 'r' };
    case 'move':
      return {
        kind: 'MoveEntry',
        entryId: pick(state.entries.keys(), s.nth) ?? 'none',
        ahead: s.nth % 4,
        reason: 'r',
      };
    case 'pause':
      return { kind: 'PauseSales', reason: 'r' };
    case 'resume':
      return { kind: 'ResumeSales', reason: 'r' };
    case 'policy':
      return { kind: 'EditShow', waitlistPolicy: s.nth % 2 ? 'strict' : 'best-fit', reason: null };
    case 'block':
      return {
        kind: 'BlockSeats',
        seats: [`A-${1 + (s.nth % 3)}`],
        areas: [{ areaId: 'pit', quantity: s.nth % 3 }],
        reason: 'r',
      };
    case 'unblock':
      return {
        kind: 'UnblockSeats',
        seats: ['A-1', 'A-2', 'A-3'],
        areas: [{ areaId: 'pit', quantity: 3 }],
        reason: 'r',
      };
    case 'capacity':
      return { kind: 'EditShow', areas: [{ id: 'pit', capacity: s.nth % 6 }], reason: 'r' };
    default:
      show.now += (s as { ms: number }).ms;
      return null;
  }
}

function newShow(policy: 'strict' | 'best-fit'): ShowSpec {
  const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Circle', capacity: 3 }];
  return new ShowSpec(
    { rows: 2, seatsPerRow: 3, categories: ['Stalls', 'Circle'], areas },
    { ticketsPerCustomer: 4, waitlistPolicy: policy },
  );
}

/** No seat twice, nobody above the limit, no area above its capacity; what a customer has is what is counted. */
function checkState(show: ShowSpec): void {
  const { state } = show;
  const owners = new Map<string, string>();
  const tickets = new Map<string, number>();
  for (const hold of state.holds.values()) {
    const active =
      hold.status === 'live' ||
      (hold.status === 'confirmed' && state.bookings.get(hold.bookingId!)!.status === 'confirmed');
    if (!active) continue;
    for (const id of hold.seats) {
      expect(owners.has(id), `seat ${id} twice`).toBe(false);
      owners.set(id, hold.id);
    }
    tickets.set(
      hold.customerId,
      (tickets.get(hold.customerId) ?? 0) +
        hold.seats.length +
        hold.areas.reduce((n, a) => n + a.quantity, 0),
    );
  }
  for (const [i, id] of state.plan.seatIds.entries())
    expect([1, 2].includes(state.seats.status[i]!)).toBe(owners.has(id));
  expect(new Map([...state.tickets].sort())).toEqual(new Map([...tickets].sort()));
  for (const n of tickets.values()) expect(n).toBeLessThanOrEqual(4);
}

/** Whoever still waits in front of an offered entry was passed on the record; under strict only by the limit or by an impossible wish. */
function checkOrder(show: ShowSpec, events: readonly { type: string; data: unknown }[]): void {
  const places = new Map<string, number>();
  for (const { type, data } of show.history) {
    if (type === 'WaitlistJoined' || type === 'WaitlistMoved')
      places.set((data as { entryId: string }).entryId, (data as { place: number }).place);
  }
  for (const event of events) {
    if (event.type !== 'SeatsOffered') continue;
    const { entryId, categoryId, passed } = event.data as {
      entryId: string;
      categoryId: string;
      passed: string[];
    };
    for (const waiting of show.state.lines.get(categoryId)!.list()) {
      if (waiting.place >= places.get(entryId)!) continue;
      offersUnderTest.passed += 1;
      expect(passed, `${entryId} passed ${waiting.entryId} off the record`).toContain(waiting.entryId);
      if (show.state.rules.waitlistPolicy !== 'strict') continue;
      const { customerId, quantity } = show.state.entries.get(waiting.entryId)!;
      const capacity = show.view.categories.find((c) => c.id === categoryId)!.capacity;
      const blocked = (show.state.tickets.get(customerId) ?? 0) + quantity > 4;
      expect(blocked || quantity > capacity, `${entryId} overtook ${waiting.entryId}`).toBe(true);
    }
    offersUnderTest.made += 1;
  }
}

/** How often the interesting thing happened at all: a property over histories without offers proves nothing. */
const offersUnderTest = { made: 0, passed: 0 };
afterAll(() => {
  expect(offersUnderTest.made).toBeGreaterThan(100);
  expect(offersUnderTest.passed).toBeGreaterThan(10);
});

describe.each(['strict', 'best-fit'] as const)('under %s', (policy) => {
  it('invariants hold after every command, and the folded history is the state', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const show = newShow(policy);
        steps.forEach((s, i) => {
          const command = commandOf(show, s, i);
          if (!command) return;
          const before = JSON.stringify(saveShow(show.state));
          const lapsed = show.aggregate.due!(show.state, show.now) !== null;
          const verdict = show.when(command);
          if ('rejected' in verdict && !lapsed) expect(JSON.stringify(saveShow(show.state))).toBe(before);
          if ('accepted' in verdict) checkOrder(show, verdict.accepted);
          checkState(show);
        });
        show.isConsistent();
      }),
      { numRuns: 200 },
    );
  });

  it('a snapshot and the tail give the same state as the whole stream', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), fc.nat(), (steps, cut) => {
        const show = newShow(policy);
        steps.forEach((s, i) => {
          const command = commandOf(show, s, i);
          if (command) show.when(command);
        });
        const { history, aggregate } = show;
        const at = cut % history.length;
        const early = aggregate.initialState();
        const copy = (e: StatedEvent): StatedEvent => JSON.parse(JSON.stringify(e)) as StatedEvent;
        history.slice(0, at + 1).forEach((e) => aggregate.evolve(early, copy(e)));
        const loaded = aggregate.snapshot!.load(JSON.parse(JSON.stringify(aggregate.snapshot!.save(early))));
        history.slice(at + 1).forEach((e) => aggregate.evolve(loaded, copy(e)));
        expect(saveShow(loaded)).toEqual(saveShow(show.state));
        expect(new Map([...loaded.tickets].sort())).toEqual(new Map([...show.state.tickets].sort()));
        expect(aggregate.due!(loaded, show.now + 10_000_000) === null).toBe(
          aggregate.due!(show.state, show.now + 10_000_000) === null,
        );
      }),
      { numRuns: 200 },
    );
  });
});
