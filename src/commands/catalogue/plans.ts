// Drawing a seating plan for a venue, from the JSON of the pretix editor and areas beside it.
import { nothingInIt } from '../../domain/seating-plan/drawing.ts';
import type { Area, Point } from '../../domain/seating-plan/plan.ts';
import { drawingOf, type PretixPlan } from '../../domain/seating-plan/pretix-plan.ts';
import { seatingPlanAggregate } from '../../domain/seating-plan/seating-plan.ts';
import { seatingPlanView, type SeatingPlanView } from '../../domain/seating-plan/views.ts';
import { venueNotFound, venueAggregate } from '../../domain/venue/venue.ts';
import type { CommandContext, Outcome } from '../command.ts';
import type { CommandPipeline } from '../pipeline.ts';

/** The body of the call, as its schema gives it on. */
export interface PlanRequest {
  readonly plan?: PretixPlan | undefined;
  readonly areas?: readonly Area[] | undefined;
  readonly focalPoint?: Point | undefined;
}

interface PlanDrawing {
  readonly id: string;
  readonly venueId: string;
  readonly request: PlanRequest;
  readonly context: CommandContext;
}

export async function drawSeatingPlan(
  pipeline: CommandPipeline,
  { id, venueId, request, context }: PlanDrawing,
): Promise<Outcome<SeatingPlanView>> {
  const venue = await pipeline.read(venueAggregate, venueId, (state) => state.fields);
  if (venue.value === null) return { ok: false, rejection: venueNotFound() };
  const { plan, areas = [], focalPoint = null } = request;
  const drawing = drawingOf({ venueId, defaultName: venue.value.name, plan, areas, focalPoint });
  if (areas.length === 0 && drawing.rows.every((row) => row.ids.length === 0))
    return { ok: false, rejection: nothingInIt() };
  const command = { kind: 'DrawSeatingPlan', ...drawing } as const;
  return pipeline.execute(seatingPlanAggregate, id, command, context, (state) => seatingPlanView(id, state)!);
}
