// How a show looks from outside, field by field.
import { describe, expect, it } from 'vitest';
import { bookingView, entryChangedAt, entryView, holdView } from '../../../src/domain/show/views.ts';
import { DAY, iso, MINUTE, ShowSpec, T0 } from './show-spec.ts';

const FLOOR = [{ id: 'floor', name: 'Floor', categoryId: 'Standing', capacity: 5 }];
const EUR = (amount: number) => ({ amount, currency: 'EUR' });
const places = { seats: ['A-1'], areas: [{ areaId: 'floor', quantity: 2 }] };

it('a show is seen with its windows as they apply, its rules, and its counts', () => {
  const show = new ShowSpec({ rows: 1, seatsPerRow: 2, areas: FLOOR });
  show.held('ann', places);
  show.booked('bob', { seats: ['A-2'], areas: [{ areaId: 'floor', quantity: 1 }] });
  show.accepts({ kind: 'BlockSeats', seats: [], areas: [{ areaId: 'floor', quantity: 1 }], reason: 'r' });
  show.joined('cat');
  const floor = { capacity: 5, free: 1, held: 2, booked: 1, blocked: 1 };
  expect(show.view).toEqual({
    eventId: 'event-1',
    venueId: 'venue-1',
    status: 'onSale',
    version: 0,
    startsAt: iso(T0 + 30 * DAY),
    endsAt: null,
    timeZone: 'Europe/Madrid',
    salesOpenAt: iso(T0),
    salesCloseAt: iso(T0 + 30 * DAY),
    holdTtlMs: 10 * MINUTE,
    offerTtlMs: 10 * MINUTE,
    ticketsPerCustomer: 10,
    waitlistPolicy: 'strict',
    cooldownMs: 0,
    seatingPlanId: 'plan-1',
    categories: [
      {
        id: 'Stalls',
        name: 'Stalls',
        color: null,
        price: EUR(2500),
        capacity: 2,
        free: 0,
        held: 1,
        booked: 1,
        blocked: 0,
        waiting: 1,
      },
      { id: 'Standing', name: 'Standing', color: null, price: EUR(3500), ...floor, waiting: 0 },
    ],
    areas: [{ id: 'floor', name: 'Floor', categoryId: 'Standing', ...floor }],
  });
  const times = { endsAt: iso(T0 + 31 * DAY), salesOpenAt: iso(T0 + DAY), salesCloseAt: iso(T0 + 2 * DAY) };
  expect(new ShowSpec({}, times).view).toMatchObject(times);
  expect(new ShowSpec({}, { published: false }).view.salesOpenAt).toBeNull();
});

it('what is free but kept for the line is seen as blocked', () => {
  const show = new ShowSpec({ rows: 0, areas: FLOOR });
  const booking = show.booked('ann', { areas: [{ areaId: 'floor', quantity: 3 }] });
  show.accepts({ kind: 'BlockSeats', seats: [], areas: [{ areaId: 'floor', quantity: 1 }], reason: 'r' });
  show.held('bob', { areas: [{ areaId: 'floor', quantity: 1 }] });
  show.joined('cat', 5);
  show.accepts(show.cancel(booking));
  const seen = { capacity: 5, free: 0, held: 1, booked: 0, blocked: 4 };
  expect([show.view.categories[0], show.view.areas[0]]).toMatchObject([{ ...seen, waiting: 1 }, seen]);
});

describe('a hold', () => {
  it('is seen with what is in it, and as expired from its end on', () => {
    const show = new ShowSpec({ areas: FLOOR });
    const id = show.held('ann', places);
    const seen = { id, clientId: 'shop', customerId: 'ann', ...places, total: EUR(9500) };
    const until = T0 + 10 * MINUTE;
    for (const [at, status] of [
      [until - 1, 'live'],
      [until, 'expired'],
    ] as const)
      expect(holdView(show.state, id, at)).toEqual({ ...seen, status, until: iso(until) });
    show.accepts(show.confirm(id));
    expect(holdView(show.state, id, until)).toEqual({ ...seen, status: 'confirmed', until: iso(until) });
  });

  it('becomes a booking, seen with what was held and when it was confirmed', () => {
    const show = new ShowSpec({ areas: FLOOR });
    const holdId = show.held('ann', places);
    show.now += MINUTE;
    show.accepts(show.confirm(holdId));
    const id = `booking-of-${holdId}`;
    const seen = { id, holdId, clientId: 'shop', customerId: 'ann', ...places, total: EUR(9500) };
    const confirmedAt = iso(T0 + MINUTE);
    expect(show.bookingOf(id)).toEqual({ ...seen, status: 'confirmed', confirmedAt });
    show.accepts(show.cancel(id));
    expect(show.bookingOf(id)).toEqual({ ...seen, status: 'cancelled', confirmedAt });
  });
});

it('an entry is seen with its place, then with its offer until that lapses', () => {
  const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
  const [booking] = show.sellOut();
  show.joined('ann');
  const id = show.joined('bob', 1, { acceptFewer: true });
  const seen = {
    id,
    clientId: 'shop',
    customerId: 'bob',
    categoryId: 'Stalls',
    quantity: 1,
    acceptFewer: true,
    status: 'waiting',
    ahead: 1,
    offer: null,
  };
  expect(show.entry(id)).toEqual(seen);
  show.accepts(show.leave('entry-ann-Stalls'));
  show.accepts(show.cancel(booking!));
  const until = T0 + 10 * MINUTE;
  const offer = { holdId: `offer-${id}`, seats: ['A-1'], areas: [], until: iso(until) };
  show.now = until - 1;
  expect(show.entry(id)).toEqual({ ...seen, status: 'offered', ahead: 0, offer });
  show.now = until;
  expect(show.entry(id)).toEqual({ ...seen, status: 'lapsed', ahead: 0 });
  show.accepts({ kind: 'ExpireDue' });
  expect(show.entry(id)).toEqual({ ...seen, status: 'lapsed', ahead: 0 });
});

it('what is not there is not seen', () => {
  const { state, now } = new ShowSpec();
  expect([holdView(state, 'h', now), bookingView(state, 'b'), entryView(state, 'e', now)]).toEqual([
    null,
    null,
    null,
  ]);
  expect(entryChangedAt(state, 'e', state.lastAt)).toBe(-1);
});
