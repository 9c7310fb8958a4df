// Rule 10: what organisers and imports change of a show: times, rules, prices, capacities, versions.
import { describe, expect, it } from 'vitest';
import { DAY, iso, ShowSpec, T0, types } from './show-spec.ts';

const PIT = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 4 }];
const edit = { kind: 'EditShow', reason: 'because' } as const;

describe('an edit', () => {
  it('records only what changed, and counts versions', () => {
    const show = new ShowSpec();
    expect(show.accepts({ ...edit, ticketsPerCustomer: 10, startsAt: iso(T0 + 30 * DAY) })).toEqual([]);
    expect(show.view.version).toBe(0);
    const events = show.accepts({
      ...edit,
      ticketsPerCustomer: 3,
      startsAt: iso(T0 + 40 * DAY),
      waitlistPolicy: 'best-fit',
    });
    expect(events).toEqual([
      { type: 'ShowRescheduled', data: { startsAt: iso(T0 + 40 * DAY), reason: 'because' } },
      {
        type: 'ShowRulesChanged',
        data: { ticketsPerCustomer: 3, waitlistPolicy: 'best-fit', reason: 'because' },
      },
    ]);
    const { version } = show.view;
    show.held('ann', ['A-1']);
    expect(show.view.version).toBe(version);
    expect(show.refuses({ ...edit, ticketsPerCustomer: 4, ifVersion: version - 1 }).code).toBe(
      'PreconditionFailed',
    );
    show.accepts({ ...edit, ticketsPerCustomer: 4, ifVersion: version });
  });

  it('of a price is for new holds only', () => {
    const show = new ShowSpec({ categories: ['Stalls', 'Circle'] });
    const before = show.held('ann', ['A-1']);
    show.accepts({ ...edit, prices: { Stalls: { amount: 9900, currency: 'EUR' } } });
    expect(show.holdOf(show.held('bob', ['A-2'])).total.amount).toBe(9900);
    expect(show.holdOf(before).total.amount).toBe(2500);
    expect(show.view.categories.map((c) => c.price.amount)).toEqual([9900, 3500]);
    expect(show.refuses({ ...edit, prices: { Roof: { amount: 1, currency: 'EUR' } } }).code).toBe(
      'UnknownCategory',
    );
    expect(show.refuses({ ...edit, prices: { Stalls: { amount: 1, currency: 'USD' } } }).code).toBe(
      'InvalidRequest',
    );
  });

  it('of a capacity never goes below what is taken; blocked places give way', () => {
    const show = new ShowSpec({ rows: 0, areas: PIT });
    show.held('ann', { areas: [{ areaId: 'pit', quantity: 1 }] });
    show.booked('bob', { areas: [{ areaId: 'pit', quantity: 1 }] });
    show.accepts({ kind: 'BlockSeats', seats: [], areas: [{ areaId: 'pit', quantity: 2 }], reason: 'stage' });
    expect(show.refuses({ ...edit, areas: [{ id: 'pit', capacity: 1 }] }).members).toEqual({
      areaId: 'pit',
      taken: 2,
    });
    show.accepts({ ...edit, areas: [{ id: 'pit', capacity: 3 }] });
    expect(show.view.areas[0]).toMatchObject({ capacity: 3, held: 1, booked: 1, blocked: 1, free: 0 });
    show.isConsistent();
  });

  it('of a time to the same time, written otherwise, is none', () => {
    const show = new ShowSpec({}, { endsAt: iso(T0 + 31 * DAY) });
    expect(show.accepts({ ...edit, startsAt: '2027-03-31T14:00:00+02:00', salesOpenAt: null })).toEqual([]);
    expect(show.accepts({ ...edit, startsAt: '2027-03-30T14:00:00+02:00', endsAt: null })).toEqual([
      {
        type: 'ShowRescheduled',
        data: { startsAt: '2027-03-30T12:00:00.000Z', endsAt: null, reason: 'because' },
      },
    ]);
    expect(show.view).toMatchObject({ startsAt: iso(T0 + 29 * DAY), endsAt: null });
    const window = { salesOpenAt: iso(T0 + DAY), salesCloseAt: iso(T0 + 2 * DAY) };
    expect(show.accepts({ ...edit, ...window })).toMatchObject([{ data: window }]);
    expect(show.accepts({ ...edit, ...window })).toEqual([]);
    show.isConsistent();
  });

  it('of everything is one event for each kind of thing', () => {
    const show = new ShowSpec({ areas: PIT });
    const rules = { holdTtlMs: 1, offerTtlMs: 2, ticketsPerCustomer: 3, cooldownMs: 4 };
    const prices = { Standing: { amount: 1, currency: 'EUR' }, Stalls: { amount: 2500, currency: 'EUR' } };
    const all = { ...rules, waitlistPolicy: 'best-fit', startsAt: iso(T0 + DAY), prices } as const;
    expect(show.accepts({ ...edit, ...all, areas: [{ id: 'pit', capacity: 5 }] })).toEqual([
      { type: 'ShowRescheduled', data: { startsAt: iso(T0 + DAY), reason: 'because' } },
      { type: 'ShowRulesChanged', data: { ...rules, waitlistPolicy: 'best-fit', reason: 'because' } },
      { type: 'PriceChanged', data: { prices: { Standing: prices.Standing }, reason: 'because' } },
      { type: 'CapacityChanged', data: { areas: [{ areaId: 'pit', capacity: 5 }], reason: 'because' } },
    ]);
    expect(show.accepts({ ...edit, ...all, areas: [{ id: 'pit', capacity: 5 }] })).toEqual([]);
  });

  it('without a reason says so in prices and capacities by an empty one', () => {
    const show = new ShowSpec({ areas: PIT });
    const prices = { Standing: { amount: 1, currency: 'EUR' } };
    const areas = [{ id: 'pit', capacity: 5 }];
    expect(show.accepts({ kind: 'EditShow', prices, areas, reason: null })).toMatchObject([
      { type: 'PriceChanged', data: { reason: '' } },
      { type: 'CapacityChanged', data: { reason: '' } },
    ]);
  });

  it('to another currency is of all prices at once, also where the amounts stay', () => {
    const show = new ShowSpec();
    const prices = { Stalls: { amount: 2500, currency: 'CHF' } };
    expect(types(show.accepts({ ...edit, prices }))).toEqual(['PriceChanged']);
    expect(show.holdOf(show.held('ann', ['A-1'])).total).toEqual(prices.Stalls);
  });

  it('serves the line where it makes that possible, and otherwise does not look at it', () => {
    const show = new ShowSpec({ rows: 0, areas: PIT });
    const four = { areas: [{ areaId: 'pit', quantity: 4 }] };
    show.booked('ann', four);
    show.joined('bob', 2);
    const room = (capacity: number) => ({ ...edit, areas: [{ id: 'pit', capacity }] });
    expect(types(show.accepts(room(5)))).toEqual(['CapacityChanged']);
    expect(types(show.accepts(room(6)))).toEqual(['CapacityChanged', 'SeatsOffered']);
    show.isConsistent();
  });

  it('names the blocked places that go with the room, those beside what is taken', () => {
    const show = new ShowSpec({ rows: 0, areas: PIT });
    const four = PIT[0]!.capacity;
    show.held('ann', { areas: [{ areaId: 'pit', quantity: 1 }] });
    const rest = [{ areaId: 'pit', quantity: four - 1 }];
    show.accepts({ kind: 'BlockSeats', seats: [], areas: rest, reason: 'house' });
    const room = (capacity: number) => ({ ...edit, areas: [{ id: 'pit', capacity }] });
    expect(show.accepts(room(four - 1))).toMatchObject([
      { data: { blockedGone: [{ areaId: 'pit', quantity: 1 }] } },
    ]);
    expect(show.accepts(room(1))).toMatchObject([
      { data: { blockedGone: [{ areaId: 'pit', quantity: four - 2 }] } },
    ]);
    expect(show.accepts(room(four))).toEqual([
      { type: 'CapacityChanged', data: { areas: [{ areaId: 'pit', capacity: four }], reason: 'because' } },
    ]);
    show.isConsistent();
  });

  it('takes as many places as a show may have, to the last', () => {
    const show = new ShowSpec({ rows: 0, areas: [...PIT, { ...PIT[0]!, id: 'box' }] });
    const capacities = (pit: number) => ({
      ...edit,
      areas: [
        { id: 'pit', capacity: pit },
        { id: 'box', capacity: 400_000 },
      ],
    });
    expect(show.refuses(capacities(600_001)).members).toMatchObject({ errors: [{ pointer: '/areas' }] });
    expect(types(show.accepts(capacities(600_000)))).toEqual(['CapacityChanged']);
    show.booked('ann', { areas: [{ areaId: 'pit', quantity: 3 }] });
    expect(types(show.accepts(capacities(3)))).toEqual(['CapacityChanged']);
  });
});
