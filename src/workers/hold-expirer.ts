// Makes lapses happen promptly. It decides nothing: whether a hold lives is judged by time in the show's own decision
// (docs/decisions/0002); this only sees to it that a decision comes soon after `until` though nobody asks for the seats.
import type { CommandContext } from '../commands/command.ts';
import type { CommandPipeline } from '../commands/pipeline.ts';
import { idOf, type RecordedEvent } from '../domain/event.ts';
import { toMs } from '../domain/decider.ts';
import { nextDueMs, type ShowAggregate } from '../domain/show/show.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { LogTail } from '../live/log-tail.ts';
import type { DueShows } from './due-shows.ts';
import { ShowAgenda } from './show-agenda.ts';

export interface HoldExpirerParts {
  readonly pipeline: Pick<CommandPipeline, 'execute'>;
  readonly aggregate: ShowAggregate;
  readonly log: EventLog;
  /** Where new holds are heard of. */
  readonly tail: LogTail;
  /** What was held before this process began to listen. */
  readonly dueShows: DueShows;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onFault?: (error: unknown) => void;
}

const ACTOR = 'system:hold-expirer';
const TICK_MS = 100;
/** Shows being expired at one time: few, so that in a storm of lapses who holds meanwhile does not wait behind all of them. */
const CONCURRENCY_MAX = 4;
const BACKOFF_MIN_MS = 200;
const BACKOFF_MAX_MS = 10_000;
const PAGE = 1_000;
/** The events that say until when something is held, or when sales open to those who wait. */
const TYPES = new Set(['SeatsHeld', 'SeatsOffered', 'HoldExtended', 'ShowRescheduled']);

export class HoldExpirer {
  readonly #parts: HoldExpirerParts;
  readonly #agenda = new ShowAgenda();
  readonly #failures = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  #running: Promise<void> | null = null;

  constructor(parts: HoldExpirerParts) {
    this.#parts = parts;
    parts.tail.follow((events) => this.#note(events));
  }

  /** Shows that hold something, being expired right now included. */
  get waiting(): number {
    return this.#agenda.size + this.#inFlight.size;
  }

  /** Begins; what is overdue is done first, in order of `until`. Starts the tail too. */
  async start(): Promise<void> {
    await this.#parts.tail.start();
    this.#running ??= this.#run();
  }

  /** Resolves when nothing of it is in flight any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await Promise.all(this.#inFlight);
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#stop;
    await this.#catchUp();
    while (!signal.aborted) {
      this.#dispatch();
      await clock.sleep(TICK_MS, signal);
    }
  }

  /** The agenda is complete before the first is taken from it, so that the overdue are done in their order. */
  async #catchUp(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#stop;
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        return await this.#readWhatIsHeld();
      } catch (error) {
        this.#parts.onFault?.(error);
        await clock.sleep(backoffMs(tries), signal);
      }
    }
  }

  async #readWhatIsHeld(): Promise<void> {
    const { dueShows, log, tail } = this.#parts;
    const { position, shows } = await dueShows.read();
    for (const { showId, dueMs } of shows) this.#agenda.add(showId, dueMs);
    let after = position;
    while (after < tail.startPosition && !this.#stop.signal.aborted) {
      const events = await log.readAll(after, PAGE, { types: [...TYPES] });
      this.#note(events);
      after = events.at(-1)?.position ?? tail.startPosition;
    }
  }

  #note(events: readonly RecordedEvent[]): void {
    for (const { type, stream, data } of events) {
      if (!TYPES.has(type)) continue;
      const { until, salesOpenAt } = data as { until?: string; salesOpenAt?: string | null };
      const at = until ?? salesOpenAt;
      if (at) this.#agenda.add(idOf(stream), toMs(at));
    }
  }

  #dispatch(): void {
    while (this.#inFlight.size < CONCURRENCY_MAX && !this.#stop.signal.aborted) {
      const showId = this.#agenda.take(this.#parts.clock.now());
      if (showId === null) return;
      const done = this.#expire(showId).finally(() => {
        this.#inFlight.delete(done);
        this.#dispatch();
      });
      this.#inFlight.add(done);
    }
  }

  async #expire(showId: string): Promise<void> {
    const { pipeline, aggregate, clock } = this.#parts;
    try {
      const outcome = await pipeline.execute(
        aggregate,
        showId,
        { kind: 'ExpireDue' },
        this.#context(),
        nextDueMs,
      );
      this.#failures.delete(showId);
      // Not at once again: what is due within a tick lapses together. Holds made meanwhile are heard of by the tail.
      if (outcome.ok && outcome.value !== null)
        this.#agenda.add(showId, Math.max(outcome.value, clock.now() + TICK_MS));
    } catch (error) {
      const failures = (this.#failures.get(showId) ?? 0) + 1;
      this.#failures.set(showId, failures);
      this.#agenda.add(showId, clock.now() + backoffMs(failures));
      if (!this.#stop.signal.aborted) this.#parts.onFault?.(error);
    }
  }

  #context(): CommandContext {
    const commandId = this.#parts.ids.uuid();
    // Without a hash: nobody will ever send this command again, so the show need not remember it.
    return { commandId, requestHash: '', actor: ACTOR, correlationId: commandId };
  }
}

const backoffMs = (failures: number): number =>
  Math.min(BACKOFF_MIN_MS * 2 ** (failures - 1), BACKOFF_MAX_MS);
