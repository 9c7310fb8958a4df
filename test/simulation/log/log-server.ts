// The one event log of the simulated world, as its database has it: what is here is true. It can crash, be slow, or have no
// room; what has been committed stays.
import { MemoryEventLog } from '../../../src/adapters/memory/memory-event-log.ts';
import type { NewEvent, RecordedEvent } from '../../../src/domain/event.ts';
import type { AppendResult } from '../../../src/ports/event-log.ts';
import { Fault } from '../../../src/ports/fault.ts';
import { Actor, type Scheduler } from '../kernel/scheduler.ts';
import { EPOCH_MS } from '../kernel/process-clock.ts';

export class LogServer {
  readonly actor = new Actor('log');
  /** Every event, in order of position. */
  readonly events: RecordedEvent[] = [];
  readonly #scheduler: Scheduler;
  readonly #memory: MemoryEventLog;
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #waiting = new Set<() => void>();
  readonly #committed: (events: readonly RecordedEvent[]) => void;
  readonly #count: (what: string) => void;
  /** Who wrote last into each stream. */
  readonly #writers = new Map<string, Actor>();
  /** Until when it is away after a crash. */
  #downUntilMs = 0;
  /** Of the disk; 1 is its usual speed. */
  slowness = 1;
  full = false;
  /** One life from crash to crash: what was not synced in one is gone in the next. */
  life = 0;
  /** Appends that are under way. */
  pending = 0;

  constructor(
    scheduler: Scheduler,
    committed: (events: readonly RecordedEvent[]) => void,
    count: (what: string) => void,
  ) {
    this.#count = count;
    this.#scheduler = scheduler;
    this.#committed = committed;
    this.#memory = new MemoryEventLog({ now: () => this.now(), sleep: () => Promise.resolve() });
  }

  get isDown(): boolean {
    return this.#scheduler.nowMs < this.#downUntilMs;
  }

  /** Its own clock is the right one. */
  now(): number {
    return EPOCH_MS + Math.floor(this.#scheduler.nowMs);
  }

  crash(downMs: number): void {
    this.life += 1;
    this.#downUntilMs = this.#scheduler.nowMs + downMs;
  }

  heal(): void {
    this.#downUntilMs = 0;
    this.slowness = 1;
    this.full = false;
  }

  /** Writes in `ms`, whatever has become of the one that asked; loses it where the server crashes before. */
  async commit(
    by: Actor,
    ms: number,
    stream: string,
    expectedRevision: number,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    this.pending += 1;
    try {
      return await this.#commit(by, ms, stream, expectedRevision, events);
    } finally {
      this.pending -= 1;
    }
  }

  async #commit(
    by: Actor,
    ms: number,
    stream: string,
    expectedRevision: number,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    const { life } = this;
    await this.#scheduler.pause(ms, this.actor, 'commits');
    if (this.life !== life || this.isDown)
      throw new Fault('AppendUnknown', 'The log went away.', { outcome: 'unknown' });
    if (this.full && events.length > 0)
      throw new Fault('EventLogUnavailable', 'The disk is full; nothing was written.');
    const before = this.events.length;
    const result = await this.#memory.append(stream, expectedRevision, events);
    const written = await this.#memory.readAll(before, events.length);
    if (written.length > 0) {
      if ((this.#writers.get(stream) ?? by) !== by) this.#count('rare writer changed');
      this.#writers.set(stream, by);
      this.#add(stream, written);
    }
    return result;
  }

  stream(stream: string): readonly RecordedEvent[] {
    return this.#streams.get(stream) ?? [];
  }

  /** Resolves in the turn after the next commit, or when called off. */
  news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #add(stream: string, written: readonly RecordedEvent[]): void {
    this.events.push(...written);
    const present = this.#streams.get(stream);
    if (present) present.push(...written);
    else this.#streams.set(stream, [...written]);
    this.#committed(written);
    for (const wake of this.#waiting) wake();
  }
}
