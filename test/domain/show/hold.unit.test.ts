// Rules 1, 2, 5 and 6: holding, the ticket limit, best available.
import { describe, expect, it } from 'vitest';
import { hall, iso, MINUTE, ShowSpec, T0 } from './show-spec.ts';

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
    expect(show.refuses(show.hold('ann', { areas: [{ areaId: 'roof', quantity: 1 }] })).code).toBe(
      'UnknownArea',
    );
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

describe('best available', () => {
  const seatsOf = (show: ShowSpec, customer: string, n: number, together = true): string[] => {
    const [event] = show.accepts(show.best(customer, n, together));
    return [...(event!.data as { seats: string[] }).seats];
  };

  it('takes the block nearest to the focal point', () => {
    const show = new ShowSpec({ rows: 3, seatsPerRow: 9 });
    expect(seatsOf(show, 'ann', 3)).toEqual(['A-4', 'A-5', 'A-6']);
  });

  it('leaves no seat alone while another block can be had', () => {
    const show = new ShowSpec({ rows: 2, seatsPerRow: 5 });
    show.held('x', ['A-1']);
    // A-2 … A-5 is free: three of them would leave one alone, so row B is better
    expect(seatsOf(show, 'ann', 3)).toEqual(['B-1', 'B-2', 'B-3']);
  });

  it('takes a block that leaves one alone when there is no other', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 4 });
    expect(seatsOf(show, 'ann', 3)).toHaveLength(3);
  });

  it('splits over neighbouring rows only if asked to', () => {
    const show = new ShowSpec({ rows: 3, seatsPerRow: 4 });
    show.held('x', ['A-2', 'B-2', 'C-2']);
    const no = show.refuses(show.best('ann', 4));
    expect([no.code, no.members]).toEqual(['SeatsUnavailable', { seats: [], areas: [], free: 9 }]);
    const seats = seatsOf(show, 'ann', 4, false);
    expect(new Set(seats).size).toBe(4);
    expect(seats.slice(0, 2)).toEqual(['A-3', 'A-4']);
    show.isConsistent();
  });

  it('fills seats first, then one area, then seats and places', () => {
    const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Stalls', capacity: 6 }];
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3, areas });
    show.held('x', ['A-2']);
    const take = (n: number, together: boolean) =>
      show.accepts(show.best(`c${n}${together}`, n, together))[0]!.data as {
        seats: string[];
        areas: unknown;
      };
    expect(take(3, true)).toMatchObject({ seats: [], areas: [{ areaId: 'pit', quantity: 3 }] });
    expect(take(4, false)).toMatchObject({ seats: ['A-1', 'A-3'], areas: [{ areaId: 'pit', quantity: 2 }] });
    expect(show.refuses(show.best('z', 2, false)).members).toMatchObject({ free: 1 });
    show.isConsistent();
  });

  it('agrees with trying every block, on random halls', () => {
    const plan = hall({ rows: 5, seatsPerRow: 12, focalPoint: { x: 3.5, y: -2 } });
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % n;
    const show = new ShowSpec(plan, { ticketsPerCustomer: 100 });
    for (let i = 0; i < 60; i += 1) {
      const size = 1 + random(4);
      const wanted = bruteForce(show, size);
      const verdict = show.when(show.best(`c${i}`, size));
      const got = 'accepted' in verdict ? (verdict.accepted[0]!.data as { seats: string[] }).seats[0] : null;
      expect(got).toBe(wanted);
    }
  });
});

/** The first seat of the best block of a size by looking at all of them; null where there is none. */
function bruteForce(show: ShowSpec, size: number): string | null {
  const { plan, seats } = show.state;
  let best: string | null = null;
  let bestScore = Infinity;
  for (const row of plan.rows) {
    const free = (i: number): boolean => i >= row.start && i < row.end && seats.status[i] === 0;
    for (let at = row.start; at + size <= row.end; at += 1) {
      const block = Array.from({ length: size }, (_, k) => at + k);
      if (!block.every(free)) continue;
      const alone = (free(at - 1) && !free(at - 2)) || (free(at + size) && !free(at + size + 1));
      const distance =
        block.reduce(
          (sum, i) => sum + Math.hypot(plan.x[i]! - plan.focalPoint.x, plan.y[i]! - plan.focalPoint.y),
          0,
        ) / size;
      const score = distance + (alone ? 1e6 : 0);
      if (score < bestScore - 1e-9) [best, bestScore] = [plan.seatIds[at]!, score];
    }
  }
  return best;
}
