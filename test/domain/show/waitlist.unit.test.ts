// Rule 7: first come, first served, in the same decision in which something comes free, and nobody overtaken.
import { describe, expect, it } from 'vitest';
import type { ShowEvent } from '../../../src/domain/show/events.ts';
import { MINUTE, ShowSpec, types } from './show-spec.ts';

const statuses = (show: ShowSpec, entries: string[]): string[] => entries.map((e) => show.entry(e).status);
const offersIn = (events: readonly ShowEvent[]) =>
  events.flatMap((e) => (e.type === 'SeatsOffered' ? [e.data] : []));
/** A sold-out row of n seats. */
function full(
  n: number,
  rules: ConstructorParameters<typeof ShowSpec>[1] = {},
): { show: ShowSpec; bookings: string[] } {
  const show = new ShowSpec({ rows: 1, seatsPerRow: n }, rules);
  return { show, bookings: show.sellOut() };
}

describe('joining', () => {
  it('is refused while enough is free, and allowed when there is not enough for this party', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3 });
    expect(show.refuses(show.join('ann', 3)).code).toBe('SeatsAvailable');
    show.held('bob', ['A-1', 'A-2']);
    expect(show.refuses(show.join('ann', 1)).code).toBe('SeatsAvailable');
    const entry = show.joined('ann', 2);
    expect(show.entry(entry)).toMatchObject({ status: 'waiting', ahead: 0, offer: null, quantity: 2 });
  });

  it('is once for a customer and category, while the entry waits or is offered', () => {
    const { show, bookings } = full(2);
    const entry = show.joined('ann');
    expect(show.refuses({ ...show.join('ann'), entryId: 'again' }).members).toEqual({ entryId: entry });
    show.accepts(show.cancel(bookings[0]!));
    expect(show.entry(entry).status).toBe('offered');
    expect(show.refuses({ ...show.join('ann'), entryId: 'again' }).members).toEqual({ entryId: entry });
    show.joined('bob', 2);
    show.accepts(show.leave(entry));
    show.accepts({ ...show.join('ann'), entryId: 'again' });
    expect(show.entry('again')).toMatchObject({ status: 'waiting', ahead: 1 });
  });

  it('is refused to a party larger than the limit or than the category', () => {
    const { show } = full(3);
    expect(show.refuses(show.join('ann', 11)).members).toEqual({ limit: 10, held: 0 });
    expect(show.refuses(show.join('ann', 4)).code).toBe('SeatsUnavailable');
    show.joined('ann', 4, { acceptFewer: true });
  });
});

describe('serving', () => {
  it.each([
    ['release', (show: ShowSpec) => show.release('hold-2')],
    ['unblocking', () => ({ kind: 'UnblockSeats', seats: ['A-2'], areas: [], reason: 'found' }) as const],
  ])('happens in the decision in which seats come free by %s', (_how, free) => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 2 });
    show.held('x', ['A-1']);
    show.accepts({ kind: 'BlockSeats', seats: ['A-2'], areas: [], reason: 'broken' });
    const [ann, bob] = [show.joined('ann'), show.joined('bob')];
    expect(types(show.accepts(free(show)))).toContain('SeatsOffered');
    expect(statuses(show, [ann, bob])).toEqual(['offered', 'waiting']);
    show.isConsistent();
  });

  it('keeps what is free for a party at the head that needs more; late comers queue behind it', () => {
    const { show, bookings } = full(4);
    const [ann, bob] = [show.joined('ann', 3), show.joined('bob', 1)];
    for (const b of bookings.slice(0, 2)) show.accepts(show.cancel(b));
    expect(statuses(show, [ann, bob])).toEqual(['waiting', 'waiting']);
    expect([show.seat('A-1'), show.view.categories[0]!.free, show.view.categories[0]!.blocked]).toEqual([
      3, 0, 2,
    ]);
    expect(show.refuses(show.hold('eve', ['A-1'])).members).toEqual({ seats: ['A-1'], areas: [] });
    expect(show.refuses(show.hold('ann', ['A-1', 'A-2'])).code).toBe('ReservedForWaitlist');
    expect(show.refuses(show.best('eve', 1)).code).toBe('ReservedForWaitlist');
    const no = show.refuses(show.hold('eve', ['A-1', 'A-4']));
    expect([no.code, no.members]).toEqual(['SeatsUnavailable', { seats: ['A-1', 'A-4'], areas: [] }]);
    const dan = show.joined('dan', 1);
    show.accepts(show.cancel(bookings[2]!));
    expect(statuses(show, [ann, bob, dan])).toEqual(['offered', 'waiting', 'waiting']);
    expect(show.entry(ann).offer!.seats).toEqual(['A-1', 'A-2', 'A-3']);
    show.isConsistent();
  });

  it('offers a party that accepts fewer what there is', () => {
    const { show, bookings } = full(4);
    const ann = show.joined('ann', 4, { acceptFewer: true });
    show.accepts(show.cancel(bookings[0]!));
    expect(show.entry(ann).offer!.seats).toEqual(['A-1']);
  });

  it('happens at once to who joins and accepts the fewer that are free', () => {
    const { show, bookings } = full(3);
    show.accepts(show.cancel(bookings[0]!));
    const events = show.accepts(show.join('ann', 2, { acceptFewer: true }));
    expect(types(events)).toEqual(['WaitlistJoined', 'SeatsOffered']);
    expect(offersIn(events)[0]!.seats).toEqual(['A-1']);
  });

  it('keeps a party together, in an area rather than on seats apart', () => {
    const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Stalls', capacity: 2 }];
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3, areas });
    const seats = [show.booked('x', ['A-1']), show.booked('y', ['A-3'])];
    show.booked('z', ['A-2']);
    const places = show.booked('w', { areas: [{ areaId: 'pit', quantity: 2 }] });
    const ann = show.joined('ann', 2);
    show.accepts({ kind: 'PauseSales', reason: 'r' });
    for (const booking of [...seats, places]) show.accepts(show.cancel(booking));
    show.accepts({ kind: 'ResumeSales', reason: 'r' });
    expect(show.entry(ann).offer).toMatchObject({ seats: [], areas: [{ areaId: 'pit', quantity: 2 }] });
    show.isConsistent();
  });

  it('passes over whom an offer would take over the limit, without keeping anything back for them', () => {
    const { show, bookings } = full(4, { ticketsPerCustomer: 2 });
    show.accepts(show.cancel(bookings[0]!));
    show.accepts(show.cancel(bookings[1]!));
    const mine = show.booked('ann', ['A-1', 'A-2']);
    const [ann, bob] = [show.joined('ann', 1), show.joined('bob', 1)];
    const [offer] = offersIn(show.accepts(show.cancel(bookings[2]!)));
    expect(offer).toMatchObject({ entryId: bob, passed: [ann] });
    expect(statuses(show, [ann, bob])).toEqual(['waiting', 'offered']);
    show.accepts(show.cancel(bookings[3]!));
    expect(show.view.categories[0]!).toMatchObject({ free: 1, waiting: 1 });
    show.held('eve', ['A-4']);
    const events = show.accepts(show.cancel(mine));
    expect(offersIn(events)).toMatchObject([{ entryId: ann, passed: [] }]);
    show.isConsistent();
  });

  it.each(['strict', 'best-fit'] as const)(
    'looks again at whom the limit held back once less is free, before it goes on behind them: %s',
    (waitlistPolicy) => {
      const { show, bookings } = full(6, { ticketsPerCustomer: 3, waitlistPolicy });
      for (const b of bookings.slice(0, 2)) show.accepts(show.cancel(b));
      show.booked('ann', ['A-1', 'A-2']);
      const block = { seats: ['A-3', 'A-4'], areas: [], reason: 'camera' };
      for (const b of bookings.slice(2, 4)) show.accepts(show.cancel(b));
      show.accepts({ kind: 'BlockSeats', ...block });
      const ann = show.joined('ann', 3, { acceptFewer: true });
      const [bob, cat] = [show.joined('bob'), show.joined('cat')];
      const offers = offersIn(show.accepts({ kind: 'UnblockSeats', ...block }));
      expect(offers).toMatchObject([
        { entryId: bob, seats: ['A-3'], passed: [ann] },
        { entryId: ann, seats: ['A-4'], passed: [] },
      ]);
      expect(statuses(show, [ann, bob, cat])).toEqual(['offered', 'offered', 'waiting']);
      show.isConsistent();
    },
  );

  it('looks again at everybody it passed: one who can be served now is, though another in front cannot', () => {
    const { show, bookings } = full(6, { ticketsPerCustomer: 3 });
    for (const b of bookings.slice(0, 4)) show.accepts(show.cancel(b));
    show.booked('ann', ['A-1', 'A-2']);
    const dan = show.booked('dan', ['A-3', 'A-4']);
    const [first, second] = [show.joined('dan', 2), show.joined('ann', 3, { acceptFewer: true })];
    const third = show.joined('bob');
    show.accepts({ kind: 'PauseSales', reason: 'r' });
    for (const b of bookings.slice(4)) show.accepts(show.cancel(b));
    const offers = offersIn(show.accepts({ kind: 'ResumeSales', reason: 'r' }));
    expect(offers).toMatchObject([
      { entryId: third, passed: [first, second] },
      { entryId: second, passed: [first] },
    ]);
    show.accepts(show.cancel(dan));
    expect(statuses(show, [first, second, third])).toEqual(['offered', 'offered', 'offered']);
    show.isConsistent();
  });

  it.each([
    ['passes over a party that has become larger than the category', false, ['bob']],
    ['offers it what there is, if it accepts fewer', true, ['ann']],
  ])('%s', (_what, acceptFewer, offered) => {
    const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 3 }];
    const show = new ShowSpec({ rows: 0, areas });
    const place = (quantity: number) => ({ areas: [{ areaId: 'pit', quantity }] });
    const booking = show.booked('x', place(2));
    show.accepts({ kind: 'BlockSeats', seats: [], ...place(1), reason: 'camera' });
    show.joined('ann', 3, { acceptFewer });
    show.joined('bob', 1);
    show.accepts({ kind: 'EditShow', areas: [{ id: 'pit', capacity: 2 }], reason: 'less room' });
    const offers = offersIn(show.accepts(show.cancel(booking)));
    expect(offers.map((o) => o.customerId)).toEqual(offered);
    show.isConsistent();
  });

  it('lets a smaller party pass under best-fit, and records whom it passed', () => {
    const { show, bookings } = full(3, { waitlistPolicy: 'best-fit' });
    const [ann, bob] = [show.joined('ann', 2), show.joined('bob', 1)];
    expect(offersIn(show.accepts(show.cancel(bookings[0]!)))).toMatchObject([
      { entryId: bob, passed: [ann] },
    ]);
    expect(statuses(show, [ann, bob])).toEqual(['waiting', 'offered']);
    show.accepts(show.cancel(bookings[1]!));
    expect(show.refuses(show.hold('eve', ['A-2'])).code).toBe('ReservedForWaitlist');
  });

  it('moves a lapsed or declined offer on to the next in the same decision', () => {
    const { show, bookings } = full(1);
    const [ann, bob, cat] = ['ann', 'bob', 'cat'].map((who) => show.joined(who)) as [string, string, string];
    show.accepts(show.cancel(bookings[0]!));
    expect(types(show.accepts(show.leave(ann)))).toEqual(['OfferDeclined', 'SeatsOffered']);
    show.now += 10 * MINUTE;
    expect(show.entry(bob)).toMatchObject({ status: 'lapsed', offer: null });
    expect(types(show.accepts({ kind: 'ExpireDue' }))).toEqual(['OfferExpired', 'SeatsOffered']);
    expect(statuses(show, [ann, bob, cat])).toEqual(['declined', 'lapsed', 'offered']);
    const { offer } = show.entry(cat);
    expect(types(show.accepts(show.confirm(offer!.holdId)))).toEqual(['BookingConfirmed']);
    expect(show.entry(cat)).toMatchObject({ status: 'taken', offer: null });
    show.isConsistent();
  });

  it('makes no offers while paused or closed; resuming and a later close serve the line at once', () => {
    const { show, bookings } = full(2);
    const [ann, bob] = [show.joined('ann'), show.joined('bob')];
    show.accepts({ kind: 'PauseSales', reason: 'storm' });
    expect(types(show.accepts(show.cancel(bookings[0]!)))).toEqual(['BookingCancelled']);
    expect(show.refuses(show.join('cat')).code).toBe('SalesPaused');
    expect(types(show.accepts({ kind: 'ResumeSales', reason: 'over' }))).toEqual([
      'SalesResumed',
      'SeatsOffered',
    ]);
    show.now += 30 * 1440 * MINUTE;
    show.accepts(show.cancel(bookings[1]!));
    expect(statuses(show, [ann, bob])).toEqual(['lapsed', 'waiting']);
    const later = new Date(show.now + 1000 * MINUTE).toISOString();
    expect(types(show.accepts({ kind: 'EditShow', startsAt: later, reason: null }))).toEqual([
      'ShowRescheduled',
      'SeatsOffered',
    ]);
    expect(show.entry(bob).status).toBe('offered');
  });
});
