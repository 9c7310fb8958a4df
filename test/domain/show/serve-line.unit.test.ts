// What bounds the offers of one decision: they are the events that name most.
import { expect, it } from 'vitest';
import type { ShowEvent } from '../../../src/domain/show/events.ts';
import { ShowSpec } from './show-spec.ts';

const offersIn = (events: readonly ShowEvent[]) =>
  events.flatMap((event) => (event.type === 'SeatsOffered' ? [event.data] : []));

it('one who can be served does not starve behind more than one event should name', () => {
  const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 3 }];
  const show = new ShowSpec({ rows: 0, areas }, { waitlistPolicy: 'best-fit' });
  const place = { areas: [{ areaId: 'pit', quantity: 1 }] };
  const [first, second] = ['x', 'y', 'z'].map((who) => show.held(who, place));
  const many = Array.from({ length: 20_001 }, (_, i) => show.joined(`pair${i}`, 2));
  const singles = [show.joined('one'), show.joined('another')];
  const offered = offersIn(show.accepts(show.release(first!)));
  expect(offered.map((o) => o.entryId)).toEqual(singles.slice(0, 1));
  expect(offered[0]!.passed).toEqual(many);
  expect(offersIn(show.accepts(show.release(second!))).map((o) => o.entryId)).toEqual(singles.slice(1));
});

it.each(['strict', 'best-fit'] as const)(
  'what one %s decision leaves over is due, however many in front may have no more',
  (waitlistPolicy) => {
    const areas = ['pit', 'stand'].map((id) => ({ id, name: id, categoryId: id, capacity: 1_001 }));
    const show = new ShowSpec({ rows: 0, areas }, { waitlistPolicy, ticketsPerCustomer: 1 });
    const pit = { seats: [], areas: [{ areaId: 'pit', quantity: 1_001 }], reason: 'stage' };
    show.accepts({ kind: 'BlockSeats', ...pit });
    for (let i = 0; i < 1_001; i += 1) {
      show.joined(`fan${i}`);
      show.booked(`fan${i}`, { areas: [{ areaId: 'stand', quantity: 1 }] });
    }
    const waiting = Array.from({ length: 30 }, (_, i) => show.joined(`late${i}`));
    const offered = offersIn(show.accepts({ kind: 'UnblockSeats', ...pit }));
    expect(offered.length).toBeLessThan(30);
    for (let due = show.aggregate.due!(show.state, show.now, true); due;) {
      offered.push(...offersIn(show.accepts(due)));
      due = show.aggregate.due!(show.state, show.now, true);
    }
    expect(offered.map((o) => o.entryId)).toEqual(waiting);
    show.isConsistent();
  },
);
