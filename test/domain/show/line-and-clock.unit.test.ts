// The line and the clock: what time makes due, and what one decision leaves to the next.
import { describe, expect, it } from 'vitest';
import type { ShowEvent } from '../../../src/domain/show/events.ts';
import { nextDueMs } from '../../../src/domain/show/show.ts';
import { iso, MINUTE, ShowSpec } from './show-spec.ts';

const statuses = (show: ShowSpec, entries: string[]): string[] => entries.map((e) => show.entry(e).status);
const offersIn = (events: readonly ShowEvent[]) =>
  events.flatMap((e) => (e.type === 'SeatsOffered' ? [e.data] : []));
/** A sold-out row of n seats. */
function full(n: number): { show: ShowSpec; bookings: string[] } {
  const show = new ShowSpec({ rows: 1, seatsPerRow: n });
  return { show, bookings: show.sellOut() };
}

type Rules = ConstructorParameters<typeof ShowSpec>[1];
/** Two rows of three seats, each a category of its own, all sold; sales pause until they open again by the clock. */
function beforeOpening(rules: Rules, given: (show: ShowSpec, bookings: string[]) => void): ShowSpec {
  const show = new ShowSpec({ seatsPerRow: 3, categories: ['Stalls', 'Circle'] }, rules);
  given(show, show.sellOut());
  show.now += MINUTE;
  return show;
}
const close = (show: ShowSpec, ...bookings: (string | undefined)[]): void => {
  show.accepts({ kind: 'EditShow', salesOpenAt: iso(show.now + MINUTE), reason: null });
  for (const booking of bookings) show.accepts(show.cancel(booking!));
};

describe('what the clock does to a line', () => {
  it('serves it when sales open again by the clock, before anybody else is decided', () => {
    const { show, bookings } = full(2);
    const ann = show.joined('ann');
    const opening = new Date(show.now + 60 * MINUTE).toISOString();
    show.accepts({ kind: 'EditShow', salesOpenAt: opening, reason: null });
    show.accepts(show.cancel(bookings[0]!));
    expect(show.entry(ann).status).toBe('waiting');
    expect(nextDueMs(show.state)).toBe(Date.parse(opening));
    show.now = Date.parse(opening);
    expect(show.refuses(show.hold('eve', ['A-1'])).code).toBe('SeatsUnavailable');
    expect(show.entry(ann).status).toBe('offered');
    show.isConsistent();
  });

  it('spreads many offers over decisions, in order, so that none grows without bound', () => {
    const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 1 }];
    const show = new ShowSpec({ rows: 0, areas });
    show.held('x', { areas: [{ areaId: 'pit', quantity: 1 }] });
    const entries = Array.from({ length: 1_200 }, (_, i) => show.joined(`c${i}`));
    const first = show.accepts({
      kind: 'EditShow',
      areas: [{ id: 'pit', capacity: 2_000 }],
      reason: 'more room',
    });
    expect(offersIn(first).map((o) => o.entryId)).toEqual(entries.slice(0, 1_000));
    expect(show.refuses(show.hold('eve', { areas: [{ areaId: 'pit', quantity: 800 }] })).code).toBe(
      'TicketLimitExceeded',
    );
    expect(new Set(statuses(show, entries))).toEqual(new Set(['offered']));
    expect(show.aggregate.due!(show.state, show.now)).toBeNull();
    show.isConsistent();
  });

  it.each<[string, Rules, (show: ShowSpec, bookings: string[]) => void, string[]]>([
    [
      'whoever stands first, in any category',
      {},
      (show, [, , , sold]) => {
        show.joined('ann');
        show.joined('bob', 1, { categoryId: 'Circle' });
        close(show, sold);
      },
      ['bob'],
    ],
    [
      'nobody where the first needs more than is free',
      {},
      (show, [sold]) => {
        show.joined('ann', 2);
        show.joined('bob');
        close(show, sold);
      },
      [],
    ],
    [
      'a smaller party behind it under best-fit',
      { waitlistPolicy: 'best-fit' },
      (show, [sold]) => {
        show.joined('ann', 2);
        show.joined('bob');
        close(show, sold);
      },
      ['bob'],
    ],
    [
      'nobody where all need more, under best-fit too',
      { waitlistPolicy: 'best-fit' },
      (show, [sold]) => {
        show.joined('ann', 2);
        show.joined('bob', 3);
        close(show, sold);
      },
      [],
    ],
    [
      'nobody where the only one who waits is at the limit',
      { ticketsPerCustomer: 1 },
      (show, [sold]) => {
        show.joined('owner1');
        close(show, sold);
      },
      [],
    ],
    [
      'the one behind whoever is at the limit',
      { ticketsPerCustomer: 1 },
      (show, [sold]) => {
        show.joined('owner1');
        show.joined('bob');
        close(show, sold);
      },
      ['bob'],
    ],
    [
      'nobody where nothing is free',
      {},
      (show) => {
        show.joined('ann', 1, { acceptFewer: true });
        close(show);
      },
      [],
    ],
    [
      'nobody where whoever waited has left',
      {},
      (show, [sold]) => {
        show.accepts(show.leave(show.joined('ann')));
        close(show, sold);
      },
      [],
    ],
  ])('serves, when sales open again: %s', (_whom, rules, given, offered) => {
    const show = beforeOpening(rules, given);
    const due = show.aggregate.due!(show.state, show.now);
    expect(due).toEqual(offered.length > 0 ? { kind: 'ExpireDue' } : null);
    expect(offersIn(show.accepts({ kind: 'ExpireDue' })).map((o) => o.customerId)).toEqual(offered);
    expect(show.aggregate.due!(show.state, show.now)).toBeNull();
    show.isConsistent();
  });

  it('makes nothing due while sales are paused', () => {
    const { show, bookings } = full(1);
    show.joined('ann');
    show.accepts({ kind: 'PauseSales', reason: 'storm' });
    show.accepts(show.cancel(bookings[0]!));
    expect(show.aggregate.due!(show.state, show.now)).toBeNull();
    show.isConsistent();
  });

  it('spreads offers that pass many over decisions as well', () => {
    const places = (quantity: number) => ({ areas: [{ areaId: 'pit', quantity }] });
    const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 200 }];
    const show = new ShowSpec({ rows: 0, areas }, { ticketsPerCustomer: 1 });
    for (let i = 0; i < 200; i += 1) show.booked(`owner${i}`, places(1));
    const passed = Array.from({ length: 200 }, (_, i) => show.joined(`owner${i}`));
    const entries = Array.from({ length: 101 }, (_, i) => show.joined(`c${i}`));
    const room = [{ id: 'pit', capacity: 301 }];
    const first = offersIn(show.accepts({ kind: 'EditShow', areas: room, reason: 'more room' }));
    expect(first.map((o) => o.entryId)).toEqual(entries.slice(0, 100));
    expect(first[99]!.passed).toEqual(passed);
    expect(offersIn(show.accepts({ kind: 'ExpireDue' })).map((o) => o.entryId)).toEqual(entries.slice(100));
    expect(new Set(statuses(show, passed))).toEqual(new Set(['waiting']));
  });
});
