// The seating plan as an aggregate: drawn once, never changed. Its state is only what says that it is there; the seats
// are in the SeatingPlan that `foldSeatingPlan` makes of the same events, which all shows share.
import { accept, reject, type Aggregate, type AggregateState, type Decision } from '../decider.ts';
import { record } from '../edit.ts';
import { drawingRefused, type Drawing } from './drawing.ts';
import type { RowsDrawn, SeatingPlanDrawn, SeatingPlanEvent } from './events.ts';
import { centreOfFirstRow } from './focal-point.ts';
import type { Category, SeatingPlan } from './plan.ts';
import { buildPlan } from './plan-builder.ts';
import { rowEvents, rowsOf } from './row-chunks.ts';

export type SeatingPlanCommand = { readonly kind: 'DrawSeatingPlan' } & Drawing;

export interface SeatingPlanState extends AggregateState {
  /** null until SeatingPlanDrawn. */
  head: SeatingPlanDrawn['data'] | null;
}

export type SeatingPlanAggregate = Aggregate<SeatingPlanState, SeatingPlanCommand, SeatingPlanEvent>;

export const seatingPlanAggregate: SeatingPlanAggregate = {
  name: 'seating-plan',
  initialState: () => ({ revision: -1, lastAt: 0, commands: new Map(), head: null }),
  evolve(state, stated) {
    record(state, stated);
    const event = stated as unknown as SeatingPlanEvent;
    switch (event.type) {
      case 'SeatingPlanDrawn':
        state.head = event.data;
        return;
      case 'RowsDrawn':
        return;
      default:
        event satisfies never;
    }
  },
  decide(state, command, metadata): Decision<SeatingPlanEvent> {
    if (state.head !== null) return accept([]);
    const refusal = drawingRefused(command);
    if (refusal) return reject(refusal);
    const events = drawn(command);
    for (const event of events) seatingPlanAggregate.evolve(state, { ...event, metadata });
    return accept(events);
  },
  sizeOf: ({ head }) => 2_000 + 200 * ((head?.categories.length ?? 0) + (head?.areas.length ?? 0)),
};

function drawn(drawing: Drawing): SeatingPlanEvent[] {
  const { venueId, name, categories, areas, focalPoint } = drawing;
  const rows = drawing.rows.filter((row) => row.ids.length > 0);
  const head: SeatingPlanDrawn['data'] = {
    venueId,
    name,
    categories: withThoseOfAreas(categories, areas),
    areas,
    focalPoint: focalPoint ?? centreOfFirstRow(rows),
    seatCount: rows.reduce((sum, row) => sum + row.ids.length, 0),
  };
  return [{ type: 'SeatingPlanDrawn', data: head }, ...rowEvents(rows)];
}

/** A category that only areas name is added: its id is its name. */
function withThoseOfAreas(categories: readonly Category[], areas: Drawing['areas']): Category[] {
  const byId = new Map(categories.map((category) => [category.id, category]));
  for (const { categoryId: id } of areas) if (!byId.has(id)) byId.set(id, { id, name: id, color: null });
  return [...byId.values()];
}

/** The plan that these events of its stream draw; undefined without events, or when rows are missing. */
export function foldSeatingPlan(id: string, events: readonly SeatingPlanEvent[]): SeatingPlan | undefined {
  const head = events.find((event): event is SeatingPlanDrawn => event.type === 'SeatingPlanDrawn');
  if (head === undefined) return undefined;
  const rows = rowsOf(events.filter((event): event is RowsDrawn => event.type === 'RowsDrawn'));
  const { venueId, name, categories, areas, focalPoint, seatCount } = head.data;
  const plan = buildPlan({ id, venueId, name, categories, areas, focalPoint, rows });
  return plan.seatCount === seatCount ? plan : undefined;
}
