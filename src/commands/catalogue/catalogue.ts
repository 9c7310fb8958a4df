// The use cases of the catalogue: venues, seating plans, events and the scheduling of shows. What concerns one stream is
// decided there; what concerns several goes from the one that knows to the others, and may be sent again at any point.
import { given } from '../../domain/edit.ts';
import { eventAggregate, type EventCommand } from '../../domain/event/event.ts';
import type { EventFields } from '../../domain/event/events.ts';
import { eventView, type EventView } from '../../domain/event/views.ts';
import type { VenueFields } from '../../domain/venue/events.ts';
import { venueAggregate, type VenueCommand } from '../../domain/venue/venue.ts';
import { venueView, type VenueView } from '../../domain/venue/views.ts';
import type { SeatingPlanView } from '../../domain/seating-plan/views.ts';
import { Publication } from './publication.ts';
import { drawSeatingPlan, type PlanRequest } from './plans.ts';
import { Scheduling, type ScheduledShow } from './scheduling.ts';
import type { CommandContext, Outcome } from '../command.ts';
import type { CommandPipeline } from '../pipeline.ts';
import type { ShowRequest } from './show-request.ts';
import type { PlanSource } from '../../ports/plan-source.ts';

type Optional<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]?: T[P] | undefined };
export type VenueRequest = Optional<VenueFields, 'address' | 'country' | 'lat' | 'lon'>;
export type EventRequest = Optional<EventFields, 'description' | 'type' | 'tags' | 'language'> & {
  readonly source?: Readonly<Record<string, string>>;
};

/** Only the fields that are given change; `ifVersion` is the version the editor saw. */
export interface Edit<Fields> {
  readonly changes: Partial<Fields>;
  readonly ifVersion?: number | undefined;
}

/** Ids of what is made are those of the making command, unless they are given (imports derive their own). */
export class Catalogue {
  readonly #pipeline: CommandPipeline;
  readonly #publication: Publication;
  readonly #scheduling: Scheduling;

  constructor({ pipeline, plans }: { pipeline: CommandPipeline; plans: PlanSource }) {
    this.#pipeline = pipeline;
    this.#publication = new Publication(pipeline, plans);
    this.#scheduling = new Scheduling(pipeline, plans);
  }

  createVenue(
    fields: VenueRequest,
    context: CommandContext,
    id = context.commandId,
  ): Promise<Outcome<VenueView>> {
    const defaults = { address: null, country: null, lat: null, lon: null };
    const { name, timeZone, city, address, country, lat, lon } = { ...defaults, ...given(fields) };
    return this.#venue(
      id,
      { kind: 'CreateVenue', name, timeZone, address, city, country, lat, lon },
      context,
    );
  }

  /** Refuses VenueNotFound, PreconditionFailed. */
  editVenue(
    id: string,
    { changes, ifVersion }: Edit<VenueFields>,
    context: CommandContext,
  ): Promise<Outcome<VenueView>> {
    return this.#venue(id, { kind: 'EditVenue', changes, ifVersion }, context);
  }

  /** Refuses VenueNotFound, DuplicateSeatId, InvalidSeatingPlan. */
  drawSeatingPlan(
    venueId: string,
    request: PlanRequest,
    context: CommandContext,
    id = context.commandId,
  ): Promise<Outcome<SeatingPlanView>> {
    return drawSeatingPlan(this.#pipeline, { id, venueId, request, context });
  }

  createEvent(
    fields: EventRequest,
    context: CommandContext,
    id = context.commandId,
  ): Promise<Outcome<EventView>> {
    const defaults = { description: null, type: null, tags: [], language: null };
    return this.#event(id, { kind: 'CreateEvent', ...defaults, ...given(fields) }, context);
  }

  /** Refuses EventNotFound, EventCancelled, PreconditionFailed. */
  editEvent(
    id: string,
    { changes, ifVersion }: Edit<EventFields>,
    context: CommandContext,
  ): Promise<Outcome<EventView>> {
    return this.#event(id, { kind: 'EditEvent', changes, ifVersion }, context);
  }

  /**
   * Adds a show to an event: on view at once where the event is. Revision and position are those of the show. Refuses
   * EventNotFound, EventCancelled, VenueNotFound, SeatingPlanNotFound, UnknownCategory, InvalidRequest with `errors`.
   */
  scheduleShow(
    eventId: string,
    request: ShowRequest,
    context: CommandContext,
    id = context.commandId,
  ): Promise<Outcome<ScheduledShow>> {
    return this.#scheduling.schedule({ id, eventId, request, context });
  }

  /** Puts an event and its shows on view. Refuses EventNotFound, EventCancelled. */
  publishEvent(id: string, context: CommandContext): Promise<Outcome<EventView>> {
    return this.#publication.carryOut(id, { kind: 'PublishEvent' }, context);
  }

  /** Takes a published event back to draft and pauses its shows' sales. Refuses EventNotFound, EventCancelled. */
  unpublishEvent(id: string, reason: string, context: CommandContext): Promise<Outcome<EventView>> {
    return this.#publication.carryOut(id, { kind: 'UnpublishEvent', reason }, context);
  }

  /** Cancels an event and all of its shows. Refuses EventNotFound. */
  cancelEvent(id: string, reason: string, context: CommandContext): Promise<Outcome<EventView>> {
    return this.#publication.carryOut(id, { kind: 'CancelEvent', reason }, context);
  }

  #venue(id: string, command: VenueCommand, context: CommandContext): Promise<Outcome<VenueView>> {
    return this.#pipeline.execute(venueAggregate, id, command, context, (state) => venueView(id, state)!);
  }

  #event(id: string, command: EventCommand, context: CommandContext): Promise<Outcome<EventView>> {
    return this.#pipeline.execute(eventAggregate, id, command, context, (state) => eventView(id, state)!);
  }
}
