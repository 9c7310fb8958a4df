// How the golden streams look from outside after each event, by the views of the domain: what a stored event means.
import type { RecordedEvent } from '../../src/domain/event.ts';
import { eventAggregate } from '../../src/domain/event/event.ts';
import type { SeatingPlanEvent } from '../../src/domain/seating-plan/events.ts';
import type { SeatingPlan } from '../../src/domain/seating-plan/plan.ts';
import { foldSeatingPlan, seatingPlanAggregate } from '../../src/domain/seating-plan/seating-plan.ts';
import { showAggregate, type ShowState } from '../../src/domain/show/show.ts';
import { bookingView, entryView, holdView, showView } from '../../src/domain/show/views.ts';
import { venueAggregate } from '../../src/domain/venue/venue.ts';
import { seatCodes } from '../domain/show/seat-codes.ts';

/** Fields by name, as JSON has them. */
export type Outlook = Readonly<Record<string, unknown>>;

export type Folder = 'venue' | 'seating-plan' | 'event' | 'show';
export type Samples = Readonly<Record<Folder, readonly RecordedEvent[]>>;

/** An event that was folded, and how its stream looked then. */
export interface Folded {
  readonly event: RecordedEvent;
  readonly outlook: Outlook;
}

/** Folds every stream of the samples from its first event; shows rest on the plans that the samples draw. */
export function foldAll(samples: Samples): Folded[] {
  const plans = new Map<string, SeatingPlan>();
  return [
    ...samples.venue.map(folder(venueAggregate, ({ fields, version }) => ({ ...fields, version }))),
    ...samples['seating-plan'].map(planFolder(plans)),
    ...samples.event.map(
      folder(eventAggregate, ({ fields, status, reason, version, showIds }) => ({
        ...fields,
        status,
        reason,
        version,
        showIds: [...showIds],
      })),
    ),
    ...samples.show.map(folder(showAggregate(plans), showOutlook)),
  ];
}

interface Foldable<S> {
  initialState(): S;
  evolve(state: S, event: RecordedEvent): void;
}

function folder<S extends { readonly revision: number; readonly commands: ReadonlyMap<string, string> }>(
  aggregate: Foldable<S>,
  look: (state: S) => Outlook,
): (event: RecordedEvent) => Folded {
  const states = new Map<string, S>();
  return (event) => {
    const state = states.get(event.stream) ?? aggregate.initialState();
    states.set(event.stream, state);
    aggregate.evolve(state, event);
    const { revision, commands } = state;
    return { event, outlook: asJson({ ...look(state), revision, remembered: commands.size }) };
  };
}

function planFolder(plans: Map<string, SeatingPlan>): (event: RecordedEvent) => Folded {
  const events = new Map<string, SeatingPlanEvent[]>();
  const fold = folder(seatingPlanAggregate, ({ head }) => ({ head }));
  return (event) => {
    const { outlook } = fold(event);
    const drawn = [...(events.get(event.stream) ?? []), event as unknown as SeatingPlanEvent];
    events.set(event.stream, drawn);
    const id = event.stream.slice('seating-plan-'.length);
    const plan = foldSeatingPlan(id, drawn);
    if (plan) plans.set(id, plan);
    return { event, outlook: asJson({ ...outlook, plan: plan ? planOutlook(plan) : null }) };
  };
}

function planOutlook(plan: SeatingPlan): Outlook {
  const { id, venueId, name, categories, areas, focalPoint, seatCount, seatIds, seatNumbers } = plan;
  const columns = { categories: [...plan.seatCategory], x: [...plan.x], y: [...plan.y] };
  return { id, venueId, name, categories, areas, focalPoint, seatCount, seatIds, seatNumbers, columns };
}

/** At the time of the last event. */
function showOutlook(state: ShowState): Outlook {
  const { lastAt: nowMs, holds, bookings, entries } = state;
  const each = (name: string, ids: Iterable<string>, look: (id: string) => unknown): Outlook =>
    Object.fromEntries(Array.from(ids, (id) => [`${name} ${id}`, look(id)]));
  return {
    ...showView(state, nowMs),
    seats: seatCodes(state).join(''),
    counts: { holds: holds.size, bookings: bookings.size, entries: entries.size },
    ...each('hold', holds.keys(), (id) => holdView(state, id, nowMs)),
    ...each('booking', bookings.keys(), (id) => bookingView(state, id)),
    ...each('entry', entries.keys(), (id) => entryView(state, id, nowMs)),
  };
}

const asJson = (outlook: Outlook): Outlook => JSON.parse(JSON.stringify(outlook)) as Outlook;
