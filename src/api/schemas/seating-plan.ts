// A seating plan: the JSON of the pretix editor, and what stands beside it.
import { z } from 'zod';
import { pretixPlan } from '../../domain/seating-plan/pretix-plan.ts';
import { areaCapacity, newName } from './basics.ts';

const COORDINATE_MAX = 1e9;
const coordinate = z.number().min(-COORDINATE_MAX).max(COORDINATE_MAX);
const area = z.strictObject({
  id: newName(),
  name: newName(),
  categoryId: newName(),
  capacity: areaCapacity,
});

export const seatingPlanBody = z
  .strictObject({
    plan: pretixPlan.optional(),
    areas: z.array(area).max(10_000).optional(),
    focalPoint: z.strictObject({ x: coordinate, y: coordinate }).optional(),
  })
  .refine((body) => body.plan !== undefined || (body.areas?.length ?? 0) > 0, {
    error: 'Give a plan, or areas, or both.',
    path: ['plan'],
  })
  .meta({ examples: [{ areas: [{ id: 'floor', name: 'Floor', categoryId: 'Standing', capacity: 500 }] }] });
