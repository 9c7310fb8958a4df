// Makes shows agree with the event they belong to: publishing or cancelling an event reaches every show in the same
// request, but these are streams of their own, and a process may die between them. This worker ends what was begun.
import { childContext } from '../commands/catalogue/publication.ts';
import type { CommandContext } from '../commands/command.ts';
import type { CommandPipeline } from '../commands/pipeline.ts';
import { idOf, type RecordedEvent } from '../domain/event.ts';
import { eventAggregate, type EventStatus } from '../domain/event/event.ts';
import type { ShowCommand } from '../domain/show/commands.ts';
import type { ShowScheduled } from '../domain/show/events.ts';
import type { ShowAggregate } from '../domain/show/show.ts';
import type { CheckpointStore } from '../ports/checkpoint-store.ts';
import type { SteadyClock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { Fault } from '../ports/fault.ts';
import type { LogTail } from '../live/log-tail.ts';

export interface CatalogueFollowerParts {
  readonly pipeline: Pick<CommandPipeline, 'execute' | 'read'>;
  readonly aggregate: ShowAggregate;
  readonly log: EventLog;
  readonly tail: LogTail;
  readonly checkpoints: CheckpointStore;
  readonly clock: SteadyClock;
  readonly onFault?: (error: unknown) => void;
}

/** Of its checkpoint. */
export const NAME = 'catalogue-follower';
const ACTOR = `system:${NAME}`;
const TYPES = ['ShowScheduled', 'EventPublished', 'EventUnpublished', 'EventCancelled'];
const PAGE = 500;
/** Tries of an event that cannot be followed, before it is set aside. Faults do not count: they pass. */
const TRIES_MAX = 5;
const TICK_MS = 500;
const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** While nothing of the catalogue happens, the checkpoint still follows the log, so that a restart need not search it. */
const SAVE_EVERY_MS = 60_000;

export class CatalogueFollower {
  readonly #parts: CatalogueFollowerParts;
  readonly #stop = new AbortController();
  /** Every event of the catalogue up to here has reached its shows. */
  #position = 0;
  #savedAtMs = 0;
  #saved = 0;
  #loaded = false;
  /** Of the last event of the catalogue that is known of; before the tail began, any may be one. */
  #knownTo = 0;
  #failing = { position: -1, tries: 0 };
  #running: Promise<void> | null = null;

  constructor(parts: CatalogueFollowerParts) {
    this.#parts = parts;
    parts.tail.follow((events) => {
      for (const { type, position } of events)
        if (TYPES.includes(type)) this.#knownTo = Math.max(this.#knownTo, position);
    });
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
    const { clock, onFault } = this.#parts;
    const { signal } = this.#stop;
    let backoffMs = BACKOFF_MIN_MS;
    while (!signal.aborted) {
      try {
        if (!this.#loaded) await this.#load();
        await this.#catchUp();
        backoffMs = BACKOFF_MIN_MS;
        await clock.sleep(TICK_MS, signal);
      } catch (error) {
        if (!signal.aborted) onFault?.(error);
        await clock.sleep(backoffMs, signal);
        backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
      }
    }
  }

  async #load(): Promise<void> {
    const { checkpoints, tail } = this.#parts;
    this.#position = this.#saved = await checkpoints.load(NAME);
    this.#knownTo = Math.max(this.#knownTo, tail.startPosition);
    this.#loaded = true;
  }

  /** Such events are rare: what was heard of is read from the log, as what happened before the tail began. */
  async #catchUp(): Promise<void> {
    const { clock, log, tail } = this.#parts;
    const seen = tail.position; // all of it that matters is known of by now
    while (this.#position < this.#knownTo) {
      const end = this.#knownTo;
      const events = await log.readAll(this.#position, PAGE, { types: TYPES });
      for (const event of events) await this.#follow(event);
      if (events.length === 0) this.#position = end;
      await this.#save();
      if (this.#stop.signal.aborted) return;
    }
    this.#position = Math.max(this.#position, seen);
    if (clock.steady() - this.#savedAtMs >= SAVE_EVERY_MS) await this.#save();
  }

  async #save(): Promise<void> {
    const { checkpoints, clock } = this.#parts;
    this.#savedAtMs = clock.steady();
    if (this.#position === this.#saved) return;
    await checkpoints.save(NAME, this.#position);
    this.#saved = this.#position;
  }

  async #follow(event: RecordedEvent): Promise<void> {
    if (this.#stop.signal.aborted) return;
    try {
      if (event.type === 'ShowScheduled') await this.#followShow(event);
      else await this.#followEvent(event);
    } catch (error) {
      if (!this.#givesUp(event, error)) throw error;
      this.#parts.onFault?.(setAside(event, error));
    }
    this.#position = event.position;
  }

  #givesUp({ position }: RecordedEvent, error: unknown): boolean {
    if (error instanceof Fault) return false;
    if (this.#failing.position !== position) this.#failing = { position, tries: 0 };
    this.#failing.tries += 1;
    return this.#failing.tries >= TRIES_MAX;
  }

  /** A show made while its event was published, taken off view or cancelled by somebody else. */
  async #followShow(cause: RecordedEvent): Promise<void> {
    const { eventId, published } = cause.data as ShowScheduled['data'];
    const { status, reason } = await this.#stateOf(eventId);
    const showId = idOf(cause.stream);
    if (status === 'cancelled') await this.#send(showId, { kind: 'CancelShow', reason }, cause);
    else if (status === 'published' && !published) await this.#send(showId, { kind: 'PublishShow' }, cause);
    else if (status === 'draft' && published && !(await this.#wasPaused(showId)))
      await this.#send(showId, { kind: 'PauseSales', reason }, cause);
  }

  /** Whether sales were paused before, be it that an organiser has resumed them since. */
  async #wasPaused(showId: string): Promise<boolean> {
    const { pipeline, aggregate } = this.#parts;
    return (await pipeline.read(aggregate, showId, ({ pausedFor }) => pausedFor !== null)).value;
  }

  async #followEvent(cause: RecordedEvent): Promise<void> {
    const state = await this.#stateOf(idOf(cause.stream));
    const order = orderTo(state, cause);
    if (!order) return;
    const failures: unknown[] = [];
    for (const showId of state.showIds) {
      try {
        await this.#send(showId, order, cause);
      } catch (error) {
        // A show that cannot be told keeps no other from being told.
        if (error instanceof Fault) throw error;
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
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
    // An event may have thousands of shows, and a stop ten seconds.
    if (this.#stop.signal.aborted) throw new Fault('ShuttingDown', 'The rest is told after the next start.');
    await pipeline.execute(aggregate, showId, command, contextOf(showId, command, cause), () => null);
  }
}

const setAside = ({ type, stream, revision }: RecordedEvent, cause: unknown): Error =>
  new Error(
    `${type} of ${stream} (revision ${revision}) was set aside after ${TRIES_MAX} tries: shows may not agree with their event. Send the command of the event again when this is mended.`,
    { cause },
  );

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
