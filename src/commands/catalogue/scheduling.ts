// Scheduling a show: everything it rests on is checked, the event takes it in, then its own stream begins. Between these
// two the event may have been published or cancelled, so it is looked at once more at the end.
import { eventAggregate, eventCancelled, eventNotFound, type EventState } from '../../domain/event/event.ts';
import { keyReused, rejection, type Rejection } from '../../domain/rejection.ts';
import type { SeatingPlan } from '../../domain/seating-plan/plan.ts';
import type { ShowCommand } from '../../domain/show/commands.ts';
import { showAggregate, type ShowAggregate, type ShowState } from '../../domain/show/show.ts';
import { showView, type ShowView } from '../../domain/show/views.ts';
import { isUuid } from '../../domain/uuid.ts';
import { venueAggregate, venueNotFound, type VenueState } from '../../domain/venue/venue.ts';
import { venueView, type VenueView } from '../../domain/venue/views.ts';
import { childContext } from './publication.ts';
import type { CommandContext, Outcome } from '../command.ts';
import { halfWay } from '../half-way.ts';
import type { CommandPipeline } from '../pipeline.ts';
import { invalidRequest, requestRefused, scheduleShowOf, type ShowRequest } from './show-request.ts';
import type { PlanSource } from '../../ports/plan-source.ts';

export interface ScheduledShow extends ShowView {
  readonly id: string;
  readonly venue: VenueView;
}

interface Scheduled {
  readonly id: string;
  readonly eventId: string;
  readonly request: ShowRequest;
  readonly context: CommandContext;
}

type Seen = Pick<ShowState, 'published' | 'cancelled'> & { readonly show: ScheduledShow };
type Accepted<T> = Extract<Outcome<T>, { ok: true }>;

export class Scheduling {
  readonly #pipeline: CommandPipeline;
  readonly #plans: PlanSource;
  readonly #shows: ShowAggregate;

  constructor(pipeline: CommandPipeline, plans: PlanSource) {
    this.#pipeline = pipeline;
    this.#plans = plans;
    this.#shows = showAggregate(plans);
  }

  async schedule({ id, eventId, request, context }: Scheduled): Promise<Outcome<ScheduledShow>> {
    const refusal = await this.#eventRefused(eventId, context);
    if (refusal) return refused(refusal);
    const base = await this.#baseOf(request);
    if ('code' in base) return refused(base);
    const { venue, plan } = base;

    const addShow = { kind: 'AddShow', showId: id } as const;
    const added = await this.#pipeline.execute(eventAggregate, eventId, addShow, context, statusOf);
    if (!added.ok) return added;
    const published = added.value.status === 'published';
    const command = scheduleShowOf({ eventId, plan, venue, request, published });
    const see = (state: ShowState, nowMs: number): Seen => ({
      published: state.published,
      cancelled: state.cancelled,
      show: { id, ...showView(state, nowMs), venue },
    });
    const scheduled = await this.#pipeline.execute(this.#shows, id, command, context, see).catch(halfWay);
    if (!scheduled.ok) return scheduled;
    const settled = await this.#settle({ id, eventId, context }, scheduled, see).catch(halfWay);
    return { ...settled, value: settled.value.show, replayed: added.replayed };
  }

  /** Whether the event takes shows; a command that it has taken already goes on to where a crash may have left it. */
  async #eventRefused(eventId: string, context: CommandContext): Promise<Rejection | null> {
    const { value: event } = await this.#pipeline.read(eventAggregate, eventId, (state) => ({
      exists: state.fields !== null,
      cancelled: state.status === 'cancelled',
      taken: state.commands.get(context.commandId),
    }));
    if (!event.exists) return eventNotFound();
    if (event.taken === undefined) return event.cancelled ? eventCancelled() : null;
    if (event.taken === context.requestHash) return null;
    return keyReused();
  }

  /** The venue and the plan that a show of this request can rest on, or why it cannot. */
  async #baseOf(request: ShowRequest): Promise<{ venue: VenueView; plan: SeatingPlan } | Rejection> {
    const [venueId, planId] = [request.venueId.toLowerCase(), request.seatingPlanId.toLowerCase()];
    if (!isUuid(venueId)) return venueNotFound();
    const look = (state: VenueState): VenueView | null => venueView(venueId, state);
    const { value: venue } = await this.#pipeline.read(venueAggregate, venueId, look);
    if (venue === null) return venueNotFound();
    const plan = isUuid(planId) ? await this.#plans.load(planId) : undefined;
    if (plan === undefined) return rejection('SeatingPlanNotFound', 'There is no such seating plan.');
    const message = 'This seating plan is of another venue: take one of this venue.';
    if (plan.venueId !== venueId)
      return invalidRequest({ pointer: '/seatingPlanId', code: 'otherVenue', message });
    return requestRefused(request, plan) ?? { venue, plan };
  }

  /** Lets the new show follow what its event became while the show was being made. */
  async #settle(
    { id, eventId, context }: Omit<Scheduled, 'request'>,
    scheduled: Accepted<Seen>,
    see: (state: ShowState, nowMs: number) => Seen,
  ): Promise<Accepted<Seen>> {
    const { value: event } = await this.#pipeline.read(eventAggregate, eventId, statusOf);
    const order = orderFor(event, scheduled.value, scheduled.changed);
    if (order === null) return scheduled;
    const child = childContext(context, id, order.kind);
    const outcome = await this.#pipeline.execute(this.#shows, id, order, child, see);
    return outcome.ok ? outcome : scheduled;
  }
}

const refused = (rejected: Rejection): Outcome<never> => ({ ok: false, rejection: rejected });
const statusOf = ({ status, reason }: EventState) => ({ status, reason });

type EventStatusNow = Pick<EventState, 'status' | 'reason'>;

/** Sales are paused only as the show is made: a replay does nothing again that an organiser has undone. */
function orderFor({ status, reason }: EventStatusNow, seen: Seen, isNew: boolean): ShowCommand | null {
  if (seen.cancelled) return null;
  if (status === 'cancelled') return { kind: 'CancelShow', reason: reason ?? '' };
  if (status === 'published') return seen.published ? null : { kind: 'PublishShow' };
  return isNew && seen.published && reason !== null ? { kind: 'PauseSales', reason } : null;
}
