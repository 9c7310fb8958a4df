// Rules 3 and 9: how a hold ends: lapsed, released, put off, confirmed into a booking, and the booking cancelled.
import { describe, expect, it } from 'vitest';
import { iso, MINUTE, ShowSpec, T0, types } from './show-spec.ts';

const extend = (holdId: string, ms: number) => ({ kind: 'ExtendHold', holdId, until: iso(ms) }) as const;

describe('the end of a hold', () => {
  it('lapses at until, not a millisecond later: confirming then is too late, the seat is free', () => {
    const show = new ShowSpec();
    const hold = show.held('ann', ['A-1']);
    show.now += 10 * MINUTE - 1;
    expect(show.refuses(show.hold('bob', ['A-1'])).code).toBe('SeatsUnavailable');
    show.now += 1;
    expect(show.holdOf(hold).status).toBe('expired');
    expect(show.refuses(show.confirm(hold)).code).toBe('HoldExpired');
    expect(show.refuses(show.release(hold)).code).toBe('HoldExpired');
    show.held('bob', ['A-1']);
    show.isConsistent();
  });

  it('is judged by the later of the command’s time and the last event’s: time never runs backwards', () => {
    const show = new ShowSpec();
    const hold = show.held('ann', ['A-1']);
    show.now += 10 * MINUTE;
    show.held('bob', ['A-2']);
    show.now -= 5 * MINUTE;
    expect(show.refuses(show.confirm(hold)).code).toBe('HoldExpired');
  });

  it('is released once; releasing again is already so, confirming is refused', () => {
    const show = new ShowSpec();
    const hold = show.held('ann', ['A-1']);
    expect(types(show.accepts(show.release(hold)))).toEqual(['HoldReleased']);
    show.held('bob', ['A-1']);
    expect(show.accepts(show.release(hold))).toEqual([]);
    expect(show.refuses(show.confirm(hold)).code).toBe('HoldReleased');
    expect(show.seat('A-1')).toBe(1);
  });

  it('is confirmed into one booking; cancelling it frees the seats once', () => {
    const show = new ShowSpec();
    const hold = show.held('ann', ['A-1']);
    expect(types(show.accepts(show.confirm(hold)))).toEqual(['BookingConfirmed']);
    expect(show.accepts(show.confirm(hold))).toEqual([]);
    expect(show.refuses(show.release(hold)).code).toBe('HoldConfirmed');
    show.accepts(show.cancel(`booking-of-${hold}`));
    show.held('bob', ['A-1']);
    expect(show.accepts(show.cancel(`booking-of-${hold}`))).toEqual([]);
    expect(show.seat('A-1')).toBe(1);
    expect(show.refuses(show.confirm(hold)).code).toBe('BookingCancelled');
    show.isConsistent();
  });

  it('is the command’s time, whether or not a sweeper came by', () => {
    const show = new ShowSpec();
    show.sweeps = false;
    const hold = show.held('ann', ['A-1']);
    show.now += 10 * MINUTE;
    for (const late of [show.confirm(hold), show.release(hold), extend(hold, T0 + 11 * MINUTE)])
      expect(show.refuses(late).code).toBe('HoldExpired');
    show.now -= 1;
    show.accepts(show.confirm(hold));
  });

  it('is put off once by checkout, to at most five minutes past its first until', () => {
    const show = new ShowSpec();
    const hold = show.held('ann', ['A-1']);
    for (const until of [T0 + 15 * MINUTE + 1, T0 + 10 * MINUTE - 1])
      expect(show.refuses(extend(hold, until)).code).toBe('InvalidRequest');
    expect(show.accepts(extend(hold, T0 + 10 * MINUTE))).toEqual([]);
    expect(types(show.accepts(extend(hold, T0 + 12 * MINUTE)))).toEqual(['HoldExtended']);
    expect(show.accepts(extend(hold, T0 + 12 * MINUTE))).toEqual([]);
    expect(show.refuses(extend(hold, T0 + 13 * MINUTE)).code).toBe('InvalidRequest');
    show.now = T0 + 12 * MINUTE - 1;
    show.accepts(show.confirm(hold));
  });

  it('is put off by all of the five minutes where checkout asks for them, and comes then', () => {
    const show = new ShowSpec();
    const hold = show.held('ann', ['A-1']);
    expect(types(show.accepts(extend(hold, T0 + 15 * MINUTE)))).toEqual(['HoldExtended']);
    show.now = T0 + 15 * MINUTE - 1;
    expect(show.refuses(show.hold('bob', ['A-1'])).code).toBe('SeatsUnavailable');
    show.now += 1;
    expect(show.refuses(extend(hold, T0 + 15 * MINUTE)).code).toBe('HoldExpired');
    show.held('bob', ['A-1']);
    show.isConsistent();
  });

  it('belongs to its client: to another client it does not exist, an organiser sees all', () => {
    const show = new ShowSpec();
    const hold = show.held('ann', ['A-1']);
    const other = { clientId: 'other', all: false };
    expect(show.refuses({ kind: 'ReleaseHold', holdId: hold, caller: other }).code).toBe('HoldNotFound');
    expect(show.refuses({ ...show.confirm(hold), caller: other } as never).code).toBe('HoldNotFound');
    expect(show.refuses(extend('nobody', T0 + 11 * MINUTE)).code).toBe('HoldNotFound');
    show.accepts({ kind: 'ReleaseHold', holdId: hold, caller: { clientId: 'other', all: true } });
  });

  it('of a booking is its client’s business too, or an organiser’s', () => {
    const show = new ShowSpec();
    const booking = show.booked('ann', ['A-1']);
    const cancel = (all: boolean) =>
      ({ ...show.cancel(booking), caller: { clientId: 'other', all } }) as ReturnType<typeof show.cancel>;
    expect(show.refuses(cancel(false)).code).toBe('BookingNotFound');
    expect(types(show.accepts(cancel(true)))).toEqual(['BookingCancelled']);
  });

  it('is told in full by the booking that it becomes, with the entry where it was an offer', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    const hold = show.held('ann', ['A-1']);
    const data = {
      bookingId: `booking-of-${hold}`,
      holdId: hold,
      clientId: 'shop',
      customerId: 'ann',
      seats: ['A-1'],
      areas: [],
      total: { amount: 2500, currency: 'EUR' },
      paymentReference: null,
    };
    expect(show.accepts(show.confirm(hold))).toEqual([{ type: 'BookingConfirmed', data }]);
    const entryId = show.joined('bob');
    show.accepts(show.cancel(data.bookingId));
    const { holdId } = show.entry(entryId).offer!;
    expect(show.accepts(show.confirm(holdId))).toEqual([
      {
        type: 'BookingConfirmed',
        data: { ...data, bookingId: `booking-of-${holdId}`, holdId, customerId: 'bob', entryId },
      },
    ]);
  });

  it('lapses in order of until, all that is overdue in one decision', () => {
    const show = new ShowSpec();
    show.held('ann', ['A-1']);
    show.now += MINUTE;
    show.held('bob', ['A-2']);
    show.now += 20 * MINUTE;
    const events = show.accepts({ kind: 'ExpireDue' });
    expect(events.map((e) => (e.data as { seats: string[] }).seats[0])).toEqual(['A-1', 'A-2']);
    expect(show.accepts({ kind: 'ExpireDue' })).toEqual([]);
  });

  it('of more than two hundred at one time is spread over decisions, so that none grows without bound', () => {
    const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 201 }];
    const show = new ShowSpec({ rows: 0, areas });
    for (let i = 0; i < 201; i += 1) show.held(`c${i}`, { areas: [{ areaId: 'pit', quantity: 1 }] });
    show.now += 10 * MINUTE;
    const lapsed = () => types(show.accepts({ kind: 'ExpireDue' }));
    expect([lapsed().length, lapsed(), lapsed()]).toEqual([200, ['HoldExpired'], []]);
    show.isConsistent();
  });
});
