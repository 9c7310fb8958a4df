// A plan as large as plans may be, from the editor's JSON to what shows use.
import { expect, test } from 'vitest';
import { drawingOf, pretixPlan } from '../../../src/domain/seating-plan/pretix-plan.ts';
import { foldSeatingPlan, seatingPlanAggregate } from '../../../src/domain/seating-plan/seating-plan.ts';
import { Story } from '../given-when-then.ts';
import { pretixJson } from './halls.ts';

test('a plan with 100,000 seats is read, drawn and folded within two seconds, of processor time', () => {
  const json = pretixJson({ rows: 500, seatsPerRow: 200, categories: ['Stalls', 'Circle', 'Gallery'] });
  const before = process.cpuUsage();
  const plan = pretixPlan.parse(json);
  const drawing = drawingOf({ venueId: 'v', defaultName: 'Hall', plan, areas: [], focalPoint: null });
  const story = new Story(seatingPlanAggregate);
  story.when({ kind: 'DrawSeatingPlan', ...drawing });
  const folded = foldSeatingPlan('p', story.events)!;
  const { user, system } = process.cpuUsage(before);
  expect([folded.seatCount, folded.rows.length, folded.seatIds[99_999]]).toEqual([100_000, 500, 'SF-200']);
  expect(story.events.length).toBeLessThan(40);
  expect((user + system) / 1_000).toBeLessThan(2_000);
});
