// What bounds the offers of one decision: they are the events that name most.
import { expect, it } from 'vitest';
import { ShowSpec } from './show-spec.ts';

it('an offer names no more passed entries than one event should hold', () => {
  const areas = [{ id: 'pit', name: 'Pit', categoryId: 'Standing', capacity: 2 }];
  const show = new ShowSpec({ rows: 0, areas }, { waitlistPolicy: 'best-fit' });
  const [first] = ['x', 'y'].map((who) => show.held(who, { areas: [{ areaId: 'pit', quantity: 1 }] }));
  for (let i = 0; i < 20_000; i += 1) show.joined(`pair${i}`, 2);
  const single = show.joined('single');
  expect(show.accepts(show.release(first!)).map(({ type }) => type)).toEqual(['HoldReleased']);
  expect(show.entry(single).status).toBe('waiting');
});
