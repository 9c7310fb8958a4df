// Publishing, unpublishing and cancelling an event: the event first, then each of its shows. Every step may be sent again:
// a retry, another call or the follower of the log completes what a crash left half-way.
import { eventAggregate, type EventCommand, type EventState } from '../../domain/event/event.ts';
import { eventView, type EventView } from '../../domain/event/views.ts';
import type { ShowCommand } from '../../domain/show/commands.ts';
import { showAggregate, type ShowAggregate } from '../../domain/show/show.ts';
import { atOnce, valuesOf } from '../at-once.ts';
import type { CommandContext, Outcome } from '../command.ts';
import { childCommandIdOf } from '../command-id.ts';
import { halfWay } from '../half-way.ts';
import type { CommandPipeline } from '../pipeline.ts';
import type { PlanSource } from '../../ports/plan-source.ts';

/** Shows that are told at the same time. */
const SHOWS_AT_ONCE = 16;

type StatusCommand = Extract<EventCommand, { kind: 'PublishEvent' | 'UnpublishEvent' | 'CancelEvent' }>;

export class Publication {
  readonly #pipeline: CommandPipeline;
  readonly #shows: ShowAggregate;

  constructor(pipeline: CommandPipeline, plans: PlanSource) {
    this.#pipeline = pipeline;
    this.#shows = showAggregate(plans);
  }

  /** Revision is the event's; a view that has reached the position has seen the shows follow too. */
  async carryOut(
    eventId: string,
    command: StatusCommand,
    context: CommandContext,
  ): Promise<Outcome<EventView>> {
    const answer = (state: EventState) => ({
      event: eventView(eventId, state)!,
      showIds: [...state.showIds],
      orders: ordersTo(state, command, context.commandId),
      reason: state.reason,
    });
    const outcome = await this.#pipeline.execute(eventAggregate, eventId, command, context, answer);
    if (!outcome.ok) return outcome;
    const { event, showIds, orders, reason } = outcome.value;
    const tell = (showId: string) => this.#tell(showId, orders, reason, context);
    const positions = await inParallel(showIds, tell).catch(halfWay);
    const position = positions.reduce((last, next) => Math.max(last, next), outcome.position);
    return { ...outcome, value: event, position };
  }

  /** The position of the last order carried out; 0 where there was nothing to do. */
  async #tell(
    showId: string,
    orders: readonly ShowCommand[],
    reason: string | null,
    context: CommandContext,
  ): Promise<number> {
    let position = 0;
    for (const order of orders) {
      if (order.kind === 'ResumeSales' && !(await this.#wasPausedFor(showId, reason))) continue;
      const child = childContext(context, showId, order.kind);
      const outcome = await this.#pipeline.execute(this.#shows, showId, order, child, () => null);
      if (outcome.ok) position = Math.max(position, outcome.position);
      else if (!SETTLED.has(outcome.rejection.code))
        throw new Error(`Show ${showId} refused ${order.kind}: ${outcome.rejection.detail}`);
    }
    return position;
  }

  /** Sales that somebody paused for a reason of his own stay paused when the event is on view again. */
  async #wasPausedFor(showId: string, reason: string | null): Promise<boolean> {
    const paused = await this.#pipeline.read(
      this.#shows,
      showId,
      (state) => state.paused && state.pausedFor === reason,
    );
    return paused.value;
  }
}

/** Added, but scheduled only in a moment, when whoever schedules it looks at its event again; or over already. */
const SETTLED: ReadonlySet<string> = new Set(['ShowNotFound', 'ShowCancelled']);

/** What the shows of an event are told; nothing, when the event has meanwhile become something else. */
function ordersTo(state: EventState, command: StatusCommand, commandId: string): ShowCommand[] {
  switch (command.kind) {
    case 'CancelEvent':
      return [{ kind: 'CancelShow', reason: command.reason }];
    case 'UnpublishEvent':
      // Once only: sales that somebody resumed since are not paused again.
      return state.status === 'draft' && state.statusBy === commandId
        ? [{ kind: 'PauseSales', reason: command.reason }]
        : [];
    case 'PublishEvent': {
      if (state.status !== 'published') return [];
      const wasUnpublished = state.reason !== null && state.statusBy === commandId;
      const resume: ShowCommand = { kind: 'ResumeSales', reason: 'The event is on view again.' };
      return wasUnpublished ? [{ kind: 'PublishShow' }, resume] : [{ kind: 'PublishShow' }];
    }
    default:
      return command satisfies never;
  }
}

/** A command sent on to a show: the same again when its parent is sent again, and never late, for it was decided. */
export function childContext(
  context: CommandContext,
  showId: string,
  kind: ShowCommand['kind'],
): CommandContext {
  const commandId = childCommandIdOf(context.commandId, `show-${showId}`, kind);
  return { ...context, commandId, causationId: context.commandId, deadlineMs: undefined, keyed: false };
}

/** All are tried before the first failure is thrown. */
async function inParallel<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  return valuesOf((await atOnce(items, SHOWS_AT_ONCE, (item) => Promise.allSettled([task(item)]))).flat());
}
