// Rule 10: what organisers take off sale and give back.
import { describe, expect, it } from 'vitest';
import { ShowSpec } from './show-spec.ts';

const PIT = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 4 }];

describe('blocking', () => {
  it('takes all of its places or none, and what is blocked stays blocked', () => {
    const show = new ShowSpec({ areas: PIT });
    show.held('ann', ['A-1']);
    show.booked('bob', ['A-2']);
    show.held('cat', { areas: [{ areaId: 'pit', quantity: 2 }] });
    const block = { kind: 'BlockSeats', reason: 'camera' } as const;
    expect(
      show.refuses({ ...block, seats: ['A-1', 'A-2', 'A-3'], areas: [{ areaId: 'pit', quantity: 3 }] })
        .members,
    ).toEqual({
      seats: ['A-1', 'A-2'],
      areas: [{ areaId: 'pit', free: 2 }],
    });
    show.accepts({ ...block, seats: ['A-3'], areas: [{ areaId: 'pit', quantity: 1 }] });
    expect(show.accepts({ ...block, seats: ['A-3'], areas: [] })).toEqual([]);
    expect(show.refuses(show.hold('dan', ['A-3'])).code).toBe('SeatsUnavailable');
    show.accepts({
      kind: 'UnblockSeats',
      seats: ['A-3', 'A-9'],
      areas: [{ areaId: 'pit', quantity: 9 }],
      reason: 'gone',
    });
    expect(show.view.areas[0]).toMatchObject({ blocked: 0, free: 2 });
    show.isConsistent();
  });

  it('of everything that is free leaves holds and bookings alone', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3, areas: PIT });
    show.held('ann', ['A-1']);
    show.accepts({ kind: 'BlockAllFree', reason: 'sold out at the source' });
    expect(show.view.categories.map((c) => c.free)).toEqual([0, 0]);
    expect(show.view.categories[0]!.held).toBe(1);
  });

  it('records what it changes and nothing else', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 4, areas: PIT });
    const nothing = { areaId: 'pit', quantity: 0 };
    const reason = 'camera';
    expect(show.accepts({ kind: 'BlockSeats', seats: ['A-1'], areas: [nothing], reason })).toEqual([
      { type: 'SeatsBlocked', data: { seats: ['A-1'], areas: [], reason } },
    ]);
    expect(show.accepts({ kind: 'BlockSeats', seats: ['A-1'], areas: [nothing], reason })).toEqual([]);
    const pit = (quantity: number) => [{ areaId: 'pit', quantity }];
    expect(show.accepts({ kind: 'BlockSeats', seats: ['A-1', 'A-2'], areas: pit(4), reason })).toEqual([
      { type: 'SeatsBlocked', data: { seats: ['A-2'], areas: pit(4), reason } },
    ]);
    expect(
      show.accepts({ kind: 'UnblockSeats', seats: ['A-2', 'A-3'], areas: pit(3), reason: 'gone' }),
    ).toEqual([{ type: 'SeatsUnblocked', data: { seats: ['A-2'], areas: pit(3), reason: 'gone' } }]);
    expect(show.accepts({ kind: 'UnblockSeats', seats: [], areas: pit(9), reason: 'gone' })).toEqual([
      { type: 'SeatsUnblocked', data: { seats: [], areas: pit(1), reason: 'gone' } },
    ]);
    expect(show.accepts({ kind: 'UnblockSeats', seats: ['A-3'], areas: pit(1), reason: 'r' })).toEqual([]);
    show.isConsistent();
  });

  it('of everything takes what is free at that moment, and nothing the second time', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 3, areas: [...PIT, { ...PIT[0]!, id: 'box' }] });
    show.held('ann', { seats: ['A-2'], areas: [{ areaId: 'pit', quantity: 3 }] });
    show.booked('bob', { areas: [{ areaId: 'box', quantity: 4 }] });
    const reason = 'sold out at the source';
    const areas = [{ areaId: 'pit', quantity: 1 }];
    expect(show.accepts({ kind: 'BlockAllFree', reason })).toEqual([
      { type: 'SeatsBlocked', data: { seats: ['A-1', 'A-3'], areas, reason } },
    ]);
    expect(show.accepts({ kind: 'BlockAllFree', reason })).toEqual([]);
    show.isConsistent();
  });
});
