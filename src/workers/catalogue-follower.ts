// Makes shows agree with the event they belong to: publishing or cancelling an event reaches every show in the same
// request, but these are streams of their own, and a process may die between them. This worker ends what was begun.
import { childContext } from '../commands/catalogue-publication.ts';
import type { CommandContext } from '../commands/command.ts';
import type { CommandPipeline } from '../commands/pipeline.ts';
import type { RecordedEvent } from '../domain/event.ts';
import { eventAggregate, type EventStatus } from '../domain/event/event.ts';
import type { ShowCommand } from '../domain/show/commands.ts';
import type { ShowScheduled } from '../domain/show/events.ts';
import type { ShowAggregate } from '../domain/show/show.ts';
import type { CheckpointStore } from '../ports/checkpoint-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { LogTail } from '../live/log-tail.ts';

export interface CatalogueFollowerParts {
  readonly pipeline: Pick<CommandPipeline, 'execute' | 'read'>;
  readonly aggregate: ShowAggregate;
  readonly log: EventLog;
  readonly tail: LogTail;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly onFault?: (error: unknown) => void;
}

const NAME = 'catalogue-follower';
const ACTOR = `system:${NAME}`;
const TYPES = ['ShowScheduled', 'EventPublished', 'EventUnpublished', 'EventCancelled'];
const PAGE = 500;
const TICK_MS = 500;
const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** While nothing of the catalogue happens, the checkpoint still follows the log, so that a restart need not search it. */
const SAVE_EVERY_MS = 60_000;

export class CatalogueFollower {
  readonly #parts: CatalogueFollowerParts;
  readonly #stop = new AbortController();
  /** Heard of, not yet done. */
  #queue: RecordedEvent[] = [];
  #position = 0;
  #savedAtMs = 0;
  #saved = 0;
  #caughtUp = false;
  #running: Promise<void> | null = null;

  constructor(parts: CatalogueFollowerParts) {
    this.#parts = parts;
    parts.tail.follow((events) => {
      for (const event of events) if (TYPES.includes(event.type)) this.#queue.push(event);
    });
  }

  /** Every event of the catalogue up to here has reached its shows. */
  get position(): number {
    return this.#position;
  }

  /** Goes on from where it was; starts the tail too. */
  async start(): Promise<void> {
    await this.#parts.tail.start();
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, checkpoints, onFault } = this.#parts;
    const { signal } = this.#stop;
    let backoffMs = BACKOFF_MIN_MS;
    while (!signal.aborted) {
      try {
        if (!this.#caughtUp) {
          this.#position = this.#saved = await checkpoints.load(NAME);
          await this.#catchUp();
        }
        await this.#drain();
        backoffMs = BACKOFF_MIN_MS;
        await clock.sleep(TICK_MS, signal);
      } catch (error) {
        onFault?.(error);
        await clock.sleep(backoffMs, signal);
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
      }
    }
  }

  /** What happened after the checkpoint and before the tail. */
  async #catchUp(): Promise<void> {
    const { log, tail } = this.#parts;
    while (this.#position < tail.startPosition && !this.#stop.signal.aborted) {
      const events = await log.readAll(this.#position, PAGE, { types: TYPES });
      for (const event of events) await this.#follow(event);
      if (events.length === 0) this.#position = tail.startPosition;
      await this.#save();
    }
    this.#caughtUp = true;
  }

  async #drain(): Promise<void> {
    const { clock, tail } = this.#parts;
    const seen = tail.position; // all of it that matters is in the queue by now
    const before = this.#position;
    while (this.#queue[0] && !this.#stop.signal.aborted) {
      await this.#follow(this.#queue[0]);
      this.#queue.shift();
    }
    const moved = this.#position > before;
    if (this.#queue.length === 0) this.#position = Math.max(this.#position, seen);
    if (moved || clock.now() - this.#savedAtMs >= SAVE_EVERY_MS) await this.#save();
  }

  async #save(): Promise<void> {
    const { checkpoints, clock } = this.#parts;
    this.#savedAtMs = clock.now();
    if (this.#position === this.#saved) return;
    await checkpoints.save(NAME, this.#position);
    this.#saved = this.#position;
  }

  async #follow(event: RecordedEvent): Promise<void> {
    if (event.position <= this.#position || this.#stop.signal.aborted) return;
    if (event.type === 'ShowScheduled') await this.#followShow(event);
    else await this.#followEvent(event);
    this.#position = event.position;
  }

  /** A show made while its event was published or cancelled by somebody else. */
  async #followShow(cause: RecordedEvent): Promise<void> {
    const { eventId, published } = cause.data as ShowScheduled['data'];
    const { status, reason } = await this.#stateOf(eventId);
    const showId = cause.stream.slice('show-'.length);
    if (status === 'cancelled') await this.#send(showId, { kind: 'CancelShow', reason }, cause);
    else if (status === 'published' && !published) await this.#send(showId, { kind: 'PublishShow' }, cause);
  }

  async #followEvent(cause: RecordedEvent): Promise<void> {
    const state = await this.#stateOf(cause.stream.slice('event-'.length));
    const order = orderTo(state, cause);
    if (order) for (const showId of state.showIds) await this.#send(showId, order, cause);
  }

  async #stateOf(eventId: string): Promise<EventNow> {
    const { value } = await this.#parts.pipeline.read(eventAggregate, eventId, (state) => ({
      status: state.status,
      statusBy: state.statusBy,
      reason: state.reason ?? 'The event is no longer on view.',
      showIds: [...state.showIds],
    }));
    return value;
  }

  /** A refusal needs nothing: the show was never begun, or is cancelled already. */
  async #send(showId: string, command: ShowCommand, cause: RecordedEvent): Promise<void> {
    const { pipeline, aggregate } = this.#parts;
    await pipeline.execute(aggregate, showId, command, contextOf(showId, command, cause), () => null);
  }
}

interface EventNow {
  readonly status: EventStatus;
  readonly statusBy: string;
  readonly reason: string;
  readonly showIds: readonly string[];
}

/** What shows are told; null: the event has meanwhile become something else. Sales are never resumed from here: an organiser may have paused them. */
function orderTo({ status, statusBy, reason }: EventNow, cause: RecordedEvent): ShowCommand | null {
  if (status === 'cancelled') return { kind: 'CancelShow', reason };
  if (status === 'published') return { kind: 'PublishShow' };
  return statusBy === cause.metadata.commandId ? { kind: 'PauseSales', reason } : null;
}

/** The command that whoever caused it sends too: who comes second finds it done. */
function contextOf(showId: string, { kind }: ShowCommand, { id, metadata }: RecordedEvent): CommandContext {
  const { commandId, requestHash, correlationId } = metadata;
  const parent = { commandId, requestHash, actor: ACTOR, correlationId };
  return { ...childContext(parent, showId, kind), causationId: id };
}
