// Every refusal of a show in full, as front ends read and show it: refusals.json has its code, sentence and members.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ShowCommand } from '../../../src/domain/show/commands.ts';
import { DAY, hall, iso, MINUTE, ShowSpec, shop, T0 } from './show-spec.ts';

const EXPECTED = JSON.parse(readFileSync(new URL('refusals.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const FLOOR = [{ id: 'floor', name: 'Floor', categoryId: 'Standing', capacity: 5 }];
const places = (seats: string[], floor = 0) => ({
  seats,
  areas: floor > 0 ? [{ areaId: 'floor', quantity: floor }] : [],
});
const reason = 'a test';
const withFloor = (rules = {}) => new ShowSpec({ areas: FLOOR }, rules);

/** What led to it, and the command that is refused. */
const CASES: Record<string, () => [ShowSpec, ShowCommand]> = {
  'a seat that is held': () => {
    const show = withFloor();
    show.held('ann', places(['A-1', 'A-2'], 4));
    return [show, show.hold('bob', places(['A-2', 'A-3'], 2))];
  },
  'more places than an area has left': () => {
    const show = withFloor();
    show.held('ann', places([], 4));
    return [show, show.hold('bob', places([], 2))];
  },
  'seats that are not in the plan': () => {
    const show = withFloor();
    return [show, show.hold('ann', places(['A-1', 'Z-1', 'Z-2']))];
  },
  'an area that is not in the plan': () => {
    const show = withFloor();
    return [show, show.hold('ann', { areas: [{ areaId: 'roof', quantity: 1 }] })];
  },
  'a category that is not in the plan': () => {
    const show = withFloor();
    return [show, show.best('ann', 1, true, 'Roof')];
  },
  'more than the limit': () => {
    const show = withFloor({ ticketsPerCustomer: 3 });
    show.held('ann', places(['A-1'], 1));
    return [show, show.hold('ann', places(['A-2'], 1))];
  },
  'best available where no block is long enough': () => {
    const show = new ShowSpec({ rows: 2, seatsPerRow: 2 });
    return [show, show.best('ann', 3)];
  },
  'best available where too little is free': () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 2 });
    return [show, show.best('ann', 3, false)];
  },
  'best available together where too little is free': () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 2 });
    return [show, show.best('ann', 3)];
  },
  'best available together where just enough is free, in two rows': () => {
    const show = new ShowSpec({ rows: 2, seatsPerRow: 1 });
    return [show, show.best('ann', 2)];
  },
  'best available where nothing is left to be kept for the line': () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    show.sellOut();
    show.joined('ann');
    return [show, show.best('bob', 1)];
  },
  'a seat that is kept for the line': () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3 });
    const [first] = show.sellOut();
    show.joined('ann', 2);
    show.accepts(show.cancel(first!));
    return [show, show.hold('bob', ['A-1'])];
  },
  'best available that is kept for the line': () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3 });
    const [first] = show.sellOut();
    show.joined('ann', 2);
    show.accepts(show.cancel(first!));
    return [show, show.best('bob', 1)];
  },
  'places that are kept for the line': () => {
    const show = withFloor();
    const booking = show.booked('ann', places([], 1));
    show.booked('bob', places([], 4));
    show.joined('cat', 2, { categoryId: 'Standing' });
    show.accepts(show.cancel(booking));
    return [show, show.hold('dan', places([], 1))];
  },
  'a show that does not sell yet': () => {
    const show = withFloor({ salesOpenAt: iso(T0 + DAY) });
    return [show, show.hold('ann', ['A-1'])];
  },
  'a show of a draft': () => {
    const show = withFloor({ published: false });
    return [show, show.hold('ann', ['A-1'])];
  },
  'a show of a draft that has an opening': () => {
    const show = withFloor({ published: false, salesOpenAt: iso(T0 + DAY) });
    return [show, show.hold('ann', ['A-1'])];
  },
  'a show that sells no more': () => {
    const show = withFloor({ salesCloseAt: iso(T0 + 1) });
    show.now += 1;
    return [show, show.join('ann')];
  },
  'a show that is paused': () => {
    const show = withFloor();
    show.accepts({ kind: 'PauseSales', reason });
    return [show, show.hold('ann', ['A-1'])];
  },
  'a cancelled show, holding': () => {
    const show = withFloor();
    show.accepts({ kind: 'CancelShow', reason });
    return [show, show.hold('ann', ['A-1'])];
  },
  'a cancelled show, confirming': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    show.accepts({ kind: 'CancelShow', reason });
    return [show, show.confirm(holdId)];
  },
  'a cancelled show, editing': () => {
    const show = withFloor();
    show.accepts({ kind: 'CancelShow', reason });
    return [show, { kind: 'PauseSales', reason }];
  },
  'an unknown hold': () => [withFloor(), { kind: 'ReleaseHold', holdId: 'hold-9', caller: shop }],
  'an unknown booking': () => [withFloor(), { kind: 'CancelBooking', bookingId: 'b', reason, caller: shop }],
  'an unknown entry': () => [withFloor(), { kind: 'LeaveWaitlist', entryId: 'e', caller: shop }],
  'releasing what has lapsed': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    show.now += 10 * MINUTE;
    return [show, show.release(holdId)];
  },
  'releasing what is confirmed': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    show.accepts(show.confirm(holdId));
    return [show, show.release(holdId)];
  },
  'confirming what was released': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    show.accepts(show.release(holdId));
    return [show, show.confirm(holdId)];
  },
  'confirming whose booking is cancelled': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    show.accepts(show.confirm(holdId));
    show.accepts(show.cancel(`booking-of-${holdId}`));
    return [show, show.confirm(holdId)];
  },
  'extending what was released': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    show.accepts(show.release(holdId));
    return [show, { kind: 'ExtendHold', holdId, until: iso(T0 + 11 * MINUTE) }];
  },
  'extending what is confirmed': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    show.accepts(show.confirm(holdId));
    return [show, { kind: 'ExtendHold', holdId, until: iso(T0 + 11 * MINUTE) }];
  },
  'extending twice': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    show.accepts({ kind: 'ExtendHold', holdId, until: iso(T0 + 11 * MINUTE) });
    return [show, { kind: 'ExtendHold', holdId, until: iso(T0 + 12 * MINUTE) }];
  },
  'extending too far': () => {
    const show = withFloor();
    const holdId = show.held('ann', ['A-1']);
    return [show, { kind: 'ExtendHold', holdId, until: iso(T0 + 15 * MINUTE + 1) }];
  },
  'joining while enough is free': () => {
    const show = withFloor();
    return [show, show.join('ann', 2)];
  },
  'joining twice': () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    show.sellOut();
    show.joined('ann');
    return [show, show.join('ann')];
  },
  'joining for more than there is': () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 2 });
    show.sellOut();
    return [show, show.join('ann', 3)];
  },
  'joining a category that is not there': () => {
    const show = withFloor();
    return [show, show.join('ann', 1, { categoryId: 'Roof' })];
  },
  'moving whom nobody waits for any more': () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    show.sellOut();
    const entryId = show.joined('ann');
    show.accepts(show.leave(entryId));
    return [show, { kind: 'MoveEntry', entryId, ahead: 0, reason }];
  },
  'editing another version': () => [withFloor(), { kind: 'EditShow', ifVersion: 7, reason: null }],
  'a price of a category that is not there': () => [
    withFloor(),
    { kind: 'EditShow', prices: { Roof: { amount: 1, currency: 'EUR' } }, reason },
  ],
  'a price in another currency': () => [
    withFloor(),
    { kind: 'EditShow', prices: { Stalls: { amount: 1, currency: 'USD' } }, reason },
  ],
  'a capacity of an area that is not there': () => [
    withFloor(),
    { kind: 'EditShow', areas: [{ id: 'roof', capacity: 1 }], reason },
  ],
  'a capacity below what is taken': () => {
    const show = withFloor();
    show.held('ann', places([], 1));
    show.booked('bob', places([], 2));
    return [show, { kind: 'EditShow', areas: [{ id: 'floor', capacity: 2 }], reason }];
  },
  'more places than a show may have': () => [
    withFloor(),
    { kind: 'EditShow', areas: [{ id: 'floor', capacity: 1_000_001 }], reason },
  ],
  'an end before the start': () => [withFloor(), { kind: 'EditShow', endsAt: iso(T0), reason: null }],
  'a close before the opening': () => [
    withFloor({ salesOpenAt: iso(T0 + DAY) }),
    { kind: 'EditShow', salesCloseAt: iso(T0 + DAY), reason: null },
  ],
  'an opening after the start': () => [
    withFloor(),
    { kind: 'EditShow', salesOpenAt: iso(T0 + 30 * DAY), reason: null },
  ],
  'blocking what is held': () => {
    const show = withFloor();
    show.held('ann', places(['A-1'], 4));
    return [show, { kind: 'BlockSeats', ...places(['A-1', 'A-2'], 2), reason }];
  },
  'blocking what is not there': () => [withFloor(), { kind: 'BlockSeats', ...places(['Z-1']), reason }],
  'unblocking what is not there': () => [withFloor(), { kind: 'UnblockSeats', ...places(['Z-1']), reason }],
  'a new plan with a category that has no price': () => {
    const show = withFloor();
    const plan = hall({ areas: [...FLOOR, { ...FLOOR[0]!, id: 'box', categoryId: 'Box' }], id: 'plan-2' });
    return [show, { kind: 'ChangeSeating', plan, prices: {}, reason }];
  },
  'a new plan without a seat that somebody has': () => {
    const show = withFloor();
    show.held('ann', places(['A-10']));
    const plan = hall({ seatsPerRow: 9, areas: FLOOR, id: 'plan-2' });
    return [show, { kind: 'ChangeSeating', plan, prices: {}, reason }];
  },
  'a new plan without an area in which somebody is': () => {
    const show = withFloor();
    show.held('ann', places([], 1));
    show.booked('bob', places([], 2));
    return [show, { kind: 'ChangeSeating', plan: hall({ id: 'plan-2' }), prices: {}, reason }];
  },
};

describe('the refusal of', () => {
  it.each(Object.entries(CASES))('%s', (name, given) => {
    const [show, command] = given();
    expect(show.refuses(command)).toEqual(EXPECTED[name]);
    show.isConsistent();
  });

  it('everything here, and nothing else, is expected', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(CASES).sort());
  });
});
