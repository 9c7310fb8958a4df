// How one process reaches the log: the port that the engine knows, with a network in between that delays, loses and cuts.
import type { NewEvent, RecordedEvent } from '../../../src/domain/event.ts';
import type { AppendResult, EventLog } from '../../../src/ports/event-log.ts';
import { Fault } from '../../../src/ports/fault.ts';
import type { Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';
import type { LogServer } from './log-server.ts';

/** After so long an answer is given up. */
const TIMEOUT_MS = 800;
const LATE_MAX_MS = 3_000;
const PAGE_EVENTS = 5_000;

export interface LogConnectionParts {
  readonly server: LogServer;
  readonly scheduler: Scheduler;
  readonly actor: Actor;
  readonly faults: Faults;
  readonly chance: Chance;
}

export class LogConnection implements EventLog {
  /** Requests of this process do not arrive; answers do not. */
  cutOut = false;
  cutBack = false;
  readonly #parts: LogConnectionParts;

  constructor(parts: LogConnectionParts) {
    this.#parts = parts;
  }

  async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<AppendResult> {
    const { server, actor, faults, chance } = this.#parts;
    await this.#travel('sends an append');
    if (server.isDown || faults.strikes('appendRefused')) throw unavailable();
    if (this.cutOut || faults.strikes('appendLost')) return this.#unheard();
    if (events.length > 0 && faults.strikes('eventsUnstorable'))
      throw new Error('The database refuses these events; nothing was written.');
    if (faults.strikes('appendLate')) {
      server.commit(actor, chance.next() * LATE_MAX_MS, stream, expectedRevision, events).catch(() => {});
      return this.#unheard();
    }
    const result = await server.commit(
      actor,
      (0.2 + chance.next() * 2) * server.slowness,
      stream,
      expectedRevision,
      events,
    );
    if (this.cutBack || faults.strikes('ackLost')) return this.#unheard();
    await this.#travel('hears of an append');
    return result;
  }

  async *readStream(stream: string, fromRevision: number, limit = Infinity): AsyncGenerator<RecordedEvent[]> {
    await this.#ask();
    const present = this.#parts.server.stream(stream);
    const end = Math.min(present.length, fromRevision + limit);
    for (let from = fromRevision; from < end; from += PAGE_EVENTS)
      yield present.slice(from, Math.min(from + PAGE_EVENTS, end));
  }

  async readAll(
    after: number,
    limit: number,
    { types, streams }: { types?: readonly string[]; streams?: readonly string[] } = {},
  ): Promise<RecordedEvent[]> {
    await this.#ask();
    const { events } = this.#parts.server;
    if (!types && !streams) return events.slice(after, after + limit);
    const wanted = (event: RecordedEvent) =>
      (types?.includes(event.type) ?? true) && (streams?.includes(event.stream) ?? true);
    return events.slice(after).filter(wanted).slice(0, limit);
  }

  async lastPosition(): Promise<number> {
    await this.#ask();
    return this.#parts.server.events.length;
  }

  async now(): Promise<number> {
    await this.#ask();
    return this.#parts.server.now();
  }

  async subscribeAll(
    after: number,
    handle: (events: RecordedEvent[]) => Promise<void> | void,
    { signal, batchSizeMax = 1_000 }: { signal: AbortSignal; batchSizeMax?: number },
  ): Promise<void> {
    const { server, faults, chance, scheduler, actor } = this.#parts;
    let position = after;
    while (!signal.aborted) {
      if (server.events.length === position) await server.news(signal);
      const lagMs = faults.strikes('feedSlow') ? 500 * chance.next() : 1 + 10 * chance.next();
      await scheduler.pause(lagMs, actor, 'is fed');
      if (signal.aborted) return;
      if (server.isDown || this.cutOut || this.cutBack || faults.strikes('feedDrops')) throw unavailable();
      // However the batches are cut, it must make no difference.
      const size = 1 + Math.floor(batchSizeMax * chance.next() ** 8);
      const events = server.events.slice(position, position + size);
      if (events.length === 0) continue;
      await handle(events);
      position += events.length;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A question that changes nothing. */
  async #ask(): Promise<void> {
    const { server, faults } = this.#parts;
    await this.#travel('reads the log');
    if (this.cutOut || this.cutBack) await this.#timeOut();
    if (this.cutOut || this.cutBack || server.isDown || faults.strikes('readFails')) throw unavailable();
  }

  async #unheard(): Promise<never> {
    await this.#timeOut();
    throw new Fault('AppendUnknown', 'The log did not answer.', { outcome: 'unknown' });
  }

  #travel(what: string): Promise<void> {
    const { scheduler, actor, chance } = this.#parts;
    return scheduler.pause(0.1 + chance.next(), actor, what);
  }

  #timeOut(): Promise<void> {
    const { scheduler, actor, chance } = this.#parts;
    return scheduler.pause(TIMEOUT_MS * (0.5 + chance.next()), actor, 'gives up waiting');
  }
}

const unavailable = (): Fault => new Fault('EventLogUnavailable', 'The log cannot be reached.');
