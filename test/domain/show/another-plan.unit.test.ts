// Another seating plan under a show that sells: who has a place keeps it, or the plan is refused.
import { describe, expect, it } from 'vitest';
import { hall, iso, ShowSpec, T0, types } from './show-spec.ts';

const PIT = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 4 }];

describe('another seating plan', () => {
  it('keeps every surviving seat as it is, by its id', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 4 });
    show.booked('ann', ['A-2']);
    const hold = show.held('bob', ['A-3']);
    const smaller = hall({ rows: 1, seatsPerRow: 3, id: 'plan-2' });
    show.plans.set(smaller.id, smaller);
    const events = show.accepts({ kind: 'ChangeSeating', plan: smaller, prices: {}, reason: 'import' });
    expect(types(events)).toEqual(['CapacityChanged']);
    expect([show.seat('A-1'), show.seat('A-2'), show.seat('A-3'), show.view.categories[0]!.capacity]).toEqual(
      [0, 2, 1, 3],
    );
    show.accepts(show.release(hold));
    expect(show.seat('A-3')).toBe(0);
    show.isConsistent();
  });

  it('is refused when it would lose a seat that somebody has', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 4 });
    show.held('bob', ['A-4', 'A-1']);
    const smaller = hall({ rows: 1, seatsPerRow: 3, id: 'plan-2' });
    expect(
      show.refuses({ kind: 'ChangeSeating', plan: smaller, prices: {}, reason: 'import' }).members,
    ).toEqual({ areaId: 'Stalls', taken: 2 });
  });
});

describe('a seat that changes its category', () => {
  it('is lost to whoever has it, so the plan is refused', () => {
    const show = new ShowSpec({ rows: 2, seatsPerRow: 2, categories: ['Stalls', 'Circle'] });
    show.held('ann', ['B-1']);
    const swapped = hall({ rows: 2, seatsPerRow: 2, categories: ['Circle', 'Stalls'], id: 'plan-2' });
    expect(
      show.refuses({ kind: 'ChangeSeating', plan: swapped, prices: {}, reason: 'import' }).members,
    ).toEqual({ areaId: 'Circle', taken: 1 });
  });
});

describe('a plan in the place of another', () => {
  const given = (shape: Parameters<typeof hall>[0]) => {
    const plan = hall({ id: 'plan-2', ...shape });
    return (show: ShowSpec, prices: Record<string, { amount: number; currency: string }> = {}) => {
      show.plans.set(plan.id, plan);
      return show.when({ kind: 'ChangeSeating', plan, prices, reason: 'import' });
    };
  };

  it('brings its prices with it, and is nothing the second time', () => {
    const change = given({ categories: ['Stalls', 'Circle'] });
    const show = new ShowSpec();
    const prices = { Circle: { amount: 900, currency: 'EUR' }, Stalls: { amount: 2500, currency: 'EUR' } };
    expect(change(show, prices)).toEqual({
      accepted: [
        // First what it costs: at no revision is there a category without a price.
        { type: 'PriceChanged', data: { prices: { Circle: prices.Circle }, reason: 'import' } },
        { type: 'CapacityChanged', data: { areas: [], seatingPlanId: 'plan-2', reason: 'import' } },
      ],
    });
    expect(change(show, prices)).toEqual({ accepted: [] });
    expect(change(show, { Circle: { amount: 800, currency: 'EUR' } })).toMatchObject({
      accepted: [{ type: 'PriceChanged' }],
    });
  });

  it('is refused where its prices are in another currency', () => {
    const change = given({ categories: ['Stalls', 'Circle'] });
    const verdict = change(new ShowSpec(), { Circle: { amount: 900, currency: 'USD' } });
    expect(verdict).toMatchObject({ rejected: { code: 'InvalidRequest' } });
  });

  it('is refused where an area has become smaller than what is taken in it, and taken where it just holds that', () => {
    const show = new ShowSpec({ areas: PIT });
    show.held('ann', { areas: [{ areaId: 'pit', quantity: 1 }] });
    show.booked('bob', { areas: [{ areaId: 'pit', quantity: 2 }] });
    const smaller = (capacity: number) => given({ areas: [{ ...PIT[0]!, capacity }] })(show);
    expect(smaller(2)).toMatchObject({ rejected: { members: { areaId: 'pit', taken: 3 } } });
    expect(smaller(3)).toMatchObject({ accepted: [{ type: 'CapacityChanged' }] });
    show.isConsistent();
  });

  it('is refused where somebody has booked a seat, or has a place in any area, that it does not have', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3, areas: [...PIT, { ...PIT[0]!, id: 'box' }] });
    show.booked('ann', ['A-3']);
    const fewer = given({ rows: 1, seatsPerRow: 2, areas: show.state.plan.areas as typeof PIT });
    expect(fewer(show)).toMatchObject({ rejected: { members: { areaId: 'Stalls', taken: 1 } } });
    show.held('bob', ['A-1', 'A-2']);
    expect(fewer(show)).toMatchObject({ rejected: { members: { areaId: 'Stalls', taken: 3 } } });
    show.held('cat', { areas: [{ areaId: 'box', quantity: 1 }] });
    expect(given({ rows: 1, seatsPerRow: 3, areas: PIT })(show)).toMatchObject({
      rejected: { members: { areaId: 'box', taken: 1 } },
    });
  });

  it('that is the one it has already changes nothing, also where the line could be served', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    const [booking] = show.sellOut();
    show.joined('ann');
    show.accepts({ kind: 'EditShow', salesOpenAt: iso(T0 + 1), reason: null });
    show.accepts(show.cancel(booking!));
    show.now += 1;
    show.sweeps = false;
    const { plan } = show.state;
    expect(show.accepts({ kind: 'ChangeSeating', plan, prices: {}, reason: 'import' })).toEqual([]);
    expect(show.accepts({ kind: 'EditShow', salesOpenAt: iso(T0 + 1), reason: null })).toEqual([]);
    expect(types(show.accepts({ kind: 'ExpireDue' }))).toEqual(['SeatsOffered']);
  });

  it('may lose what nobody has: free and blocked seats, empty areas', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3, areas: PIT });
    show.booked('ann', ['A-1']);
    show.accepts({ kind: 'BlockSeats', seats: ['A-2'], areas: [], reason: 'camera' });
    expect(given({ rows: 1, seatsPerRow: 1 })(show)).toMatchObject({
      accepted: [{ type: 'CapacityChanged' }],
    });
    expect(show.view.categories).toMatchObject([{ capacity: 1, booked: 1 }]);
    show.isConsistent();
  });

  it('names the blocked places of areas that go with it', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1, areas: [...PIT, { ...PIT[0]!, id: 'box' }] });
    const areas = ['pit', 'box'].map((areaId) => ({ areaId, quantity: 3 }));
    show.accepts({ kind: 'BlockSeats', seats: [], areas, reason: 'house' });
    const gone = [
      { areaId: 'pit', quantity: 1 },
      { areaId: 'box', quantity: 3 },
    ];
    expect(given({ rows: 1, seatsPerRow: 1, areas: [{ ...PIT[0]!, capacity: 2 }] })(show)).toMatchObject({
      accepted: [{ type: 'CapacityChanged', data: { blockedGone: gone } }],
    });
    show.isConsistent();
  });

  it('serves the line where it has more', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 1 });
    show.sellOut();
    show.joined('ann');
    const verdict = given({ rows: 1, seatsPerRow: 2 })(show);
    expect(verdict).toMatchObject({ accepted: [{ type: 'CapacityChanged' }, { type: 'SeatsOffered' }] });
    show.isConsistent();
  });
});
