// What of a show nobody sees and everything rests on: its snapshot, what memory it takes, when time is due.
import { describe, expect, it } from 'vitest';
import { nextDueMs } from '../../../src/domain/show/show.ts';
import { saveShow } from '../../../src/domain/show/snapshot.ts';
import { forgetEndedHolds } from '../../../src/domain/show/state.ts';
import { areaViews, categoryViews, nextStatusChangeMs } from '../../../src/domain/show/views.ts';
import { DAY, hall, iso, MINUTE, ShowSpec, T0 } from './show-spec.ts';

const FLOOR = [{ id: 'floor', name: 'Floor', categoryId: 'Standing', capacity: 5 }];

/** Something of everything: held, released, lapsed, booked, cancelled, waiting, offered, left. */
function busyShow(): ShowSpec {
  const show = new ShowSpec(
    { rows: 1, seatsPerRow: 4, areas: FLOOR },
    { ticketsPerCustomer: 4, cooldownMs: DAY },
  );
  show.held('lapses', ['A-1']);
  show.now += 10 * MINUTE;
  show.accepts(show.release(show.held('releases', ['A-1'])));
  const sold = show.booked('sells', ['A-1']);
  show.booked('buys', ['A-2', 'A-3']);
  show.held('holds', { seats: ['A-4'], areas: [{ areaId: 'floor', quantity: 2 }] });
  show.joined('first', 1);
  show.joined('second', 2);
  const gone = show.joined('gone', 1);
  show.joined('third', 1);
  show.accepts(show.leave(gone));
  show.accepts(show.cancel(sold));
  show.accepts({ kind: 'BlockSeats', seats: [], areas: [{ areaId: 'floor', quantity: 1 }], reason: 'r' });
  return show;
}

/** The same show out of its snapshot, as another process would have it. */
function restored(show: ShowSpec): ShowSpec {
  const snapshot = show.aggregate.snapshot!;
  const saved = JSON.parse(JSON.stringify(snapshot.save(show.state))) as unknown;
  expect(snapshot.planIds(saved)).toEqual(['plan-1']);
  show.state = snapshot.load(saved);
  return show;
}

describe('a snapshot', () => {
  it('knows of each hold whether it has been extended, which it may be once', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 2 });
    const extend = (holdId: string, ms: number) =>
      ({ kind: 'ExtendHold', holdId, until: iso(T0 + ms) }) as const;
    const [extended, asItWas] = [show.held('ann', ['A-1']), show.held('bob', ['A-2'])];
    show.accepts(extend(extended, 12 * MINUTE));
    restored(show);
    expect(show.refuses(extend(extended, 13 * MINUTE)).code).toBe('InvalidRequest');
    expect(show.accepts(extend(asItWas, 12 * MINUTE))).toHaveLength(1);
  });

  it('gives the same state, and the same verdicts from then on', () => {
    const [there, back] = [busyShow(), restored(busyShow())];
    expect(saveShow(back.state)).toEqual(saveShow(there.state));
    expect(back.view).toEqual(there.view);
    expect(back.state.commands).toEqual(there.state.commands);
    expect([...back.state.tickets].sort()).toEqual([...there.state.tickets].sort());
    expect([...back.state.openEntries].sort()).toEqual([...there.state.openEntries].sort());
    for (const show of [there, back]) {
      expect(show.refuses(show.hold('buys', { areas: [{ areaId: 'floor', quantity: 3 }] })).code).toBe(
        'TicketLimitExceeded',
      );
      expect(show.refuses(show.join('second')).code).toBe('AlreadyWaiting');
      expect(show.refuses(show.join('first')).code).toBe('AlreadyWaiting');
      expect(show.accepts(show.join('gone', 1)).map(({ type }) => type)).toEqual(['WaitlistJoined']);
      expect(nextDueMs(show.state)).toBe(T0 + 20 * MINUTE);
      show.now = T0 + 20 * MINUTE;
      const lapses = show.accepts({ kind: 'ExpireDue' });
      expect(lapses.map(({ type }) => type)).toEqual(['HoldExpired', 'OfferExpired', 'SeatsOffered']);
    }
    expect(saveShow(back.state)).toEqual(saveShow(there.state));
  });

  it('of bookings counts those that stand against the limit, and not those that were cancelled', () => {
    const show = restored(busyShow());
    expect([show.state.tickets.get('buys'), show.state.tickets.get('sells')]).toEqual([2, undefined]);
    const status = (customerId: string) =>
      [...show.state.bookings.values()].find(({ hold }) => hold.customerId === customerId)?.status;
    expect([status('buys'), status('sells')]).toEqual(['confirmed', 'cancelled']);
  });
});

describe('a reader of counts', () => {
  it('may forget holds that are over, and only those', () => {
    const show = busyShow();
    const counts = [categoryViews(show.state), areaViews(show.state)];
    const kept = [...show.state.holds.values()].filter(
      ({ status }) => status === 'live' || status === 'confirmed',
    );
    expect(kept.length).toBeLessThan(show.state.holds.size);
    forgetEndedHolds(show.state);
    expect([...show.state.holds.values()]).toEqual(kept);
    expect([categoryViews(show.state), areaViews(show.state)]).toEqual(counts);
  });
});

describe('the memory of a state', () => {
  it('is more with each hold, entry, command and lapse, and with all seats once one of them has changed', () => {
    const size = (show: ShowSpec) => show.aggregate.sizeOf(show.state);
    const show = new ShowSpec({ rows: 1, seatsPerRow: 2 }, { cooldownMs: DAY });
    const larger = new ShowSpec({ rows: 1, seatsPerRow: 1_002 });
    expect(size(larger)).toBe(size(show));
    const block = { kind: 'BlockSeats', seats: ['A-1'], areas: [], reason: 'camera' } as const;
    larger.accepts(block);
    show.accepts(block);
    expect(size(larger) - size(show)).toBe(2_000);
    show.accepts({ ...block, kind: 'UnblockSeats' });
    const before = size(show);
    expect(before).toBeGreaterThan(2_000);
    show.held('ann', ['A-1']);
    const held = size(show);
    expect(held - before).toBe(400 + 160);
    show.now += 10 * MINUTE;
    show.accepts({ kind: 'ExpireDue' });
    expect(size(show) - held).toBe(160 + 120);
    show.sellOut();
    const sold = size(show);
    show.joined('bob');
    expect(size(show) - sold).toBe(300 + 160);
  });
});

describe('a seating plan', () => {
  it('must be there for what names one', () => {
    const { needsPlan } = new ShowSpec().aggregate as { needsPlan: (event: object) => string | null };
    const data = { seatingPlanId: 'plan-2' };
    expect(needsPlan({ type: 'ShowScheduled', data })).toBe('plan-2');
    expect(needsPlan({ type: 'CapacityChanged', data })).toBe('plan-2');
    expect(needsPlan({ type: 'CapacityChanged', data: {} })).toBeNull();
    expect(needsPlan({ type: 'SeatsHeld', data })).toBeNull();
  });

  it('that is not there is a broken invariant', () => {
    const show = new ShowSpec();
    show.plans.clear();
    const state = show.aggregate.initialState();
    expect(() => show.aggregate.evolve(state, show.history[0]!)).toThrow(
      'seating plan plan-1 is not in memory: load it before its show',
    );
  });

  it('that takes the place of another keeps statuses and counts by id', () => {
    const show = new ShowSpec({ areas: FLOOR });
    show.held('ann', { seats: ['A-1'], areas: [{ areaId: 'floor', quantity: 1 }] });
    show.booked('bob', { seats: ['A-2'], areas: [{ areaId: 'floor', quantity: 2 }] });
    show.accepts({
      kind: 'BlockSeats',
      seats: ['B-1'],
      areas: [{ areaId: 'floor', quantity: 1 }],
      reason: 'r',
    });
    const plan = hall({
      rows: 3,
      areas: [
        { id: 'new', name: 'New', categoryId: 'Standing', capacity: 7 },
        { ...FLOOR[0]!, capacity: 9 },
      ],
      id: 'plan-2',
    });
    show.plans.set(plan.id, plan);
    show.accepts({ kind: 'ChangeSeating', plan, prices: {}, reason: 'r' });
    expect(['A-1', 'A-2', 'B-1', 'C-1'].map((seat) => show.seat(seat))).toEqual([1, 2, 3, 0]);
    expect(areaViews(show.state)).toMatchObject([
      { id: 'new', capacity: 7, free: 7 },
      { id: 'floor', capacity: 9, free: 5, held: 1, booked: 2, blocked: 1 },
    ]);
    show.isConsistent();
  });
});

describe('time', () => {
  it('is due at the next lapse, at the opening that a line waits for, and never for a cancelled show', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    expect(nextDueMs(show.state)).toBeNull();
    show.held('ann', ['A-1']);
    expect(nextDueMs(show.state)).toBe(T0 + 10 * MINUTE);
    show.joined('bob');
    expect(nextDueMs(show.state)).toBe(T0 + 10 * MINUTE);
    show.accepts({ kind: 'EditShow', salesOpenAt: iso(T0 + 5 * MINUTE), reason: null });
    expect(nextDueMs(show.state)).toBe(T0 + 5 * MINUTE);
    expect(show.aggregate.due!(show.state, T0 + 5 * MINUTE)).toBeNull();
    expect(show.aggregate.due!(show.state, T0 + 10 * MINUTE)).toEqual({ kind: 'ExpireDue' });
    show.accepts({ kind: 'CancelShow', reason: 'r' });
    expect([nextDueMs(show.state), show.aggregate.due!(show.state, T0 + DAY)]).toEqual([null, null]);
  });

  it('is due at an opening while anybody waits in any line, and not when all have left', () => {
    const show = new ShowSpec({ seatsPerRow: 1, categories: ['Stalls', 'Circle'] });
    show.sellOut();
    const entries = ['Stalls', 'Circle'].map((categoryId) => show.joined('ann', 1, { categoryId }));
    show.accepts({ kind: 'EditShow', salesOpenAt: iso(T0 + DAY), reason: null });
    const due = [nextDueMs(show.state)];
    for (const entryId of entries) {
      show.accepts(show.leave(entryId));
      due.push(nextDueMs(show.state));
    }
    expect(due).toEqual([T0 + DAY, T0 + DAY, null]);
  });

  it('changes the status of a show without an event: when it opens and when it closes', () => {
    const show = new ShowSpec({}, { salesOpenAt: iso(T0 + DAY), salesCloseAt: iso(T0 + 2 * DAY) });
    const next = (at: number) => nextStatusChangeMs(show.state, at);
    expect([
      next(T0),
      next(T0 + DAY - 1),
      next(T0 + DAY),
      next(T0 + 2 * DAY - 1),
      next(T0 + 2 * DAY),
    ]).toEqual([T0 + DAY, T0 + DAY, T0 + 2 * DAY, T0 + 2 * DAY, null]);
    show.accepts({ kind: 'CancelShow', reason: 'r' });
    expect(next(T0)).toBeNull();
    expect(nextStatusChangeMs(new ShowSpec({}, { published: false }).state, T0)).toBeNull();
  });

  it('is told by the status as it comes', () => {
    const show = new ShowSpec(
      {},
      { published: false, salesOpenAt: iso(T0 + DAY), salesCloseAt: iso(T0 + 2 * DAY) },
    );
    const seen = [show.view.status];
    show.accepts({ kind: 'PublishShow' });
    for (const days of [0, 1, 2]) {
      show.now = T0 + days * DAY;
      seen.push(show.view.status);
    }
    show.now = T0 + DAY;
    show.accepts({ kind: 'PauseSales', reason: 'r' });
    seen.push(show.view.status);
    show.accepts({ kind: 'CancelShow', reason: 'r' });
    expect([...seen, show.view.status]).toEqual([
      'draft',
      'scheduled',
      'onSale',
      'closed',
      'paused',
      'cancelled',
    ]);
  });
});

describe('an event that no decision would make', () => {
  const folded = (show: ShowSpec, type: string, data: object) =>
    show.aggregate.evolve(show.state, {
      type,
      data,
      metadata: { commandId: 'c', requestHash: '', at: iso(T0) },
    });

  it('does not fail: what the plan does not have is left out', () => {
    const show = new ShowSpec({ areas: FLOOR });
    show.state.seats.trackChanges();
    const places = { seats: ['Z-9', 'A-3'], areas: [{ areaId: 'roof', quantity: 1 }] };
    const total = { amount: 1, currency: 'EUR' };
    const hold = { holdId: 'h', clientId: 'shop', customerId: 'ann', ...places, total, until: iso(T0 + 1) };
    folded(show, 'SeatsHeld', hold);
    expect(show.holdOf('h')).toMatchObject(places);
    expect(show.state.seats.takeChanges()).toEqual([2]);
    folded(show, 'SeatsBlocked', { ...places, reason: 'r' });
    expect([show.seat('A-3'), ...show.state.seats.takeChanges()]).toEqual([1]);
    folded(show, 'SeatsBlocked', { seats: ['Z-9', 'A-1'], areas: [], reason: 'r' });
    expect([show.seat('A-1'), show.seat('A-2')]).toEqual([3, 0]);
    expect(show.state.seats.takeChanges()).toEqual([0]);
    expect(areaViews(show.state)).toMatchObject([{ free: 5, held: 0, blocked: 0 }]);
  });
});
