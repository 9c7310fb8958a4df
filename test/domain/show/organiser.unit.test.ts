// Rules 9 and 10: selling windows, and the cancellation of a show.
import { describe, expect, it } from 'vitest';
import { DAY, iso, ShowSpec, T0, types } from './show-spec.ts';

const PIT = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 4 }];
const edit = { kind: 'EditShow', reason: 'because' } as const;

describe('selling windows', () => {
  it('open with the publication and close with the start unless said otherwise', () => {
    const show = new ShowSpec({}, { published: false });
    expect(show.view.status).toBe('draft');
    expect(show.refuses(show.hold('ann', ['A-1'])).members).toEqual({ opensAt: null });
    show.accepts({ kind: 'PublishShow' });
    expect(show.view).toMatchObject({
      status: 'onSale',
      salesOpenAt: iso(T0),
      salesCloseAt: iso(T0 + 30 * DAY),
    });
    const held = show.held('ann', ['A-1']);
    show.now = T0 + 30 * DAY - 60_000;
    const late = show.held('bob', ['A-2']);
    show.now += 60_000;
    expect(show.view.status).toBe('closed');
    expect(show.refuses(show.hold('cat', ['A-3'])).code).toBe('SalesClosed');
    show.accepts(show.confirm(late));
    expect(show.holdOf(held).status).toBe('expired');
  });

  it('are judged by the command’s time', () => {
    const show = new ShowSpec({}, { salesOpenAt: iso(T0 + DAY), salesCloseAt: iso(T0 + 2 * DAY) });
    expect(show.view.status).toBe('scheduled');
    expect(show.refuses(show.hold('ann', ['A-1'])).members).toEqual({ opensAt: iso(T0 + DAY) });
    show.now = T0 + DAY;
    show.held('ann', ['A-1']);
    show.now = T0 + 2 * DAY;
    expect(show.refuses(show.hold('ann', ['A-2'])).code).toBe('SalesClosed');
  });

  it('make sense: no end before the start, no close before the opening, no opening after the start', () => {
    const show = new ShowSpec();
    expect(show.refuses({ ...edit, salesOpenAt: iso(T0 + 30 * DAY) }).members).toMatchObject({
      errors: [{ pointer: '/salesOpenAt' }],
    });
    expect(show.refuses({ ...edit, startsAt: iso(T0 + DAY), salesOpenAt: iso(T0 + 2 * DAY) }).code).toBe(
      'InvalidRequest',
    );
    expect(show.refuses({ ...edit, endsAt: iso(T0) }).code).toBe('InvalidRequest');
    expect(show.refuses({ ...edit, salesOpenAt: iso(T0 + DAY), salesCloseAt: iso(T0) }).code).toBe(
      'InvalidRequest',
    );
  });
});

describe('cancelling a show', () => {
  it('releases holds, cancels bookings, lets the line lapse, and ends everything', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 2 });
    const held = show.held('ann', ['A-1']);
    const booking = show.booked('bob', ['A-2']);
    const entry = show.joined('cat');
    expect(types(show.accepts({ kind: 'CancelShow', reason: 'ill' }))).toEqual(['ShowCancelled']);
    expect([show.holdOf(held).status, show.bookingOf(booking).status, show.entry(entry).status]).toEqual([
      'released',
      'cancelled',
      'lapsed',
    ]);
    for (const command of [
      show.hold('eve', ['A-1']),
      show.join('eve'),
      show.confirm(held),
      { ...edit, holdTtlMs: 5000 },
    ]) {
      expect(show.refuses(command).code).toBe('ShowCancelled');
    }
    expect(show.accepts({ kind: 'CancelShow', reason: 'again' })).toEqual([]);
    expect([show.seat('A-1'), show.seat('A-2'), show.view.status]).toEqual([0, 0, 'cancelled']);
    show.isConsistent();
  });
});

describe('what was over before a show is cancelled', () => {
  it('stays as it was: cancelled bookings, blocked places, whoever left the line', () => {
    const show = new ShowSpec({ rows: 1, seatsPerRow: 2, areas: PIT });
    const places = { seats: ['A-1'], areas: [{ areaId: 'pit', quantity: 2 }] };
    const booking = show.booked('ann', places);
    const other = show.booked('bob', ['A-2']);
    const [left, offered] = [show.joined('cat'), show.joined('dan')];
    show.accepts(show.leave(left));
    show.accepts(show.cancel(other));
    show.accepts(show.cancel(booking));
    show.accepts({ kind: 'BlockSeats', ...places, reason: 'camera' });
    expect(show.entry(offered).status).toBe('offered');
    show.accepts({ kind: 'CancelShow', reason: 'ill' });
    expect([show.seat('A-1'), show.view.areas[0]]).toMatchObject([3, { free: 2, booked: 0, blocked: 2 }]);
    expect([left, offered].map((entry) => show.entry(entry).status)).toEqual(['left', 'lapsed']);
    expect([...show.state.tickets, ...show.state.openEntries]).toEqual([]);
    show.isConsistent();
  });
});

it('nothing but scheduling can happen to a show that does not exist', () => {
  const spec = new ShowSpec();
  const nobody = spec.aggregate.initialState();
  const verdict = spec.aggregate.decide(nobody, spec.hold('ann', ['A-1']), {
    commandId: 'c',
    requestHash: 'h',
    at: iso(T0),
  });
  expect(verdict).toMatchObject({ rejected: { code: 'ShowNotFound', detail: 'There is no such show.' } });
  expect(spec.aggregate.name).toBe('show');
});
