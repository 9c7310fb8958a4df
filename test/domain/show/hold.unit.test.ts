// Rules 1, 2 and 5: holding, and the ticket limit.
import { describe, expect, it } from 'vitest';
import { iso, MINUTE, ShowSpec, T0 } from './show-spec.ts';

const FLOOR = [{ id: 'floor', name: 'Floor', categoryId: 'Standing', capacity: 5 }];

describe('holding seats', () => {
  it('takes exactly what is asked for, at the prices of the moment, for the time to live', () => {
    const show = new ShowSpec({ areas: FLOOR });
    const events = show.accepts(
      show.hold('ann', { seats: ['A-1', 'A-2'], areas: [{ areaId: 'floor', quantity: 2 }] }),
    );
    expect(events).toEqual([
      {
        type: 'SeatsHeld',
        data: {
          holdId: 'hold-2',
          clientId: 'shop',
          customerId: 'ann',
          seats: ['A-1', 'A-2'],
          areas: [
            {
              areaId: 'floor',
              quantity: 2,
            },
          ],
          total: {
            amount: 2 * 2500 + 2 * 3500,
            currency: 'EUR',
          },
          until: iso(T0 + 10 * MINUTE),
        },
      },
    ]);
    expect([show.seat('A-1'), show.seat('A-3')]).toEqual([1, 0]);
    show.isConsistent();
  });

  it('costs nothing where a category has no price, in the currency of the others or in euros', () => {
    const free = (prices: Record<string, { amount: number; currency: string }>) => {
      const show = new ShowSpec({ areas: FLOOR }, { prices });
      const what = { seats: ['A-1'], areas: [{ areaId: 'floor', quantity: 1 }] };
      return show.holdOf(show.held('ann', what)).total;
    };
    expect(free({})).toEqual({ amount: 0, currency: 'EUR' });
    expect(free({ Standing: { amount: 700, currency: 'CHF' } })).toEqual({ amount: 700, currency: 'CHF' });
  });

  it('is all or nothing: a refusal names every seat and area that could not be had, and only those', () => {
    const show = new ShowSpec({ areas: FLOOR });
    show.held('ann', { seats: ['A-1', 'A-2'], areas: [{ areaId: 'floor', quantity: 2 }] });
    const no = show.refuses(
      show.hold('bob', { seats: ['A-2', 'A-3'], areas: [{ areaId: 'floor', quantity: 4 }] }),
    );
    expect(no.code).toBe('SeatsUnavailable');
    expect(no.members).toEqual({ seats: ['A-2'], areas: [{ areaId: 'floor', free: 3 }] });
    expect(show.seat('A-3')).toBe(0);
    show.isConsistent();
  });

  it('refuses seats, areas and categories that the show does not have', () => {
    const show = new ShowSpec();
    expect(show.refuses(show.hold('ann', ['A-1', 'Z-9'])).members).toEqual({ seats: ['Z-9'] });
    const areas = ['roof', 'cellar'].map((areaId) => ({ areaId, quantity: 1 }));
    expect(show.refuses(show.hold('ann', { areas }))).toMatchObject({
      code: 'UnknownArea',
      detail: 'This show has no area roof, cellar; area ids are those of its seating plan.',
      members: { areas: ['roof', 'cellar'] },
    });
    expect(show.refuses(show.best('ann', 1, true, 'Roof')).code).toBe('UnknownCategory');
  });

  it('counts live holds and bookings against the limit, lapsed and cancelled ones not', () => {
    const show = new ShowSpec({}, { ticketsPerCustomer: 3 });
    const lapsing = show.held('ann', ['A-1']);
    const booking = show.booked('ann', ['A-2', 'A-3']);
    expect(show.refuses(show.hold('ann', ['A-4'])).members).toEqual({ limit: 3, held: 3 });
    show.now += 10 * MINUTE;
    show.held('ann', ['A-4']);
    expect(show.refuses(show.hold('ann', ['A-5'])).code).toBe('TicketLimitExceeded');
    show.accepts(show.cancel(booking));
    show.held('ann', ['A-5', 'A-6']);
    expect(show.holdOf(lapsing).status).toBe('expired');
    show.isConsistent();
  });
});
