// What is written to the log of the distributed world: plays, their shows and a house, and what happens to them. Nobody
// decides it here: the rules are the other world's matter.
import type { NewEvent } from '../../../src/domain/event.ts';
import { uuidFrom } from '../engine/simulated-process.ts';
import type { Chance } from '../kernel/chance.ts';
import { EPOCH_MS } from '../kernel/process-clock.ts';
import { Actor, type Scheduler } from '../kernel/scheduler.ts';
import type { LogServer } from '../log/log-server.ts';
import type { Entry } from './feed-script.ts';
import { TYPES, type StreamKind } from './views.ts';

const PLAYS = 3;

export class Season {
  readonly #server: LogServer;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #actor = new Actor('season');
  readonly #streams: Readonly<Record<StreamKind, readonly string[]>>;
  readonly #events: readonly string[];

  constructor(server: LogServer, scheduler: Scheduler, chance: Chance, shows: number) {
    this.#server = server;
    this.#scheduler = scheduler;
    this.#chance = chance;
    const ids = (count: number) => Array.from({ length: count }, () => uuidFrom(chance));
    this.#events = ids(PLAYS);
    this.#streams = {
      event: this.#events.map((id) => `event-${id}`),
      show: ids(shows).map((id) => `show-${id}`),
      venue: ids(1).map((id) => `venue-${id}`),
    };
  }

  plan(entries: readonly Entry[], fromMs: number): void {
    for (const entry of entries)
      this.#scheduler.after(fromMs + entry.atMs - this.#scheduler.nowMs, this.#actor, entry.kind, () =>
        this.#write(entry),
      );
  }

  /** A house, plays and shows there are before anything happens to them. */
  async open(): Promise<void> {
    for (const kind of ['venue', 'event', 'show'] as const)
      for (let stream = 0; stream < this.#streams[kind].length; stream += 1)
        await this.#append({ atMs: 0, kind, stream, events: 1, n: 0 });
  }

  #write(entry: Entry): void {
    this.#append(entry).catch(() => {}); // two at once in one stream: one of them came first
  }

  async #append({ kind, stream: index, events, n }: Entry): Promise<void> {
    const streams = this.#streams[kind];
    const number = index % streams.length;
    const stream = streams[number]!;
    const { length } = this.#server.stream(stream);
    const eventId = kind === 'show' ? { eventId: this.#events[number % PLAYS] } : {};
    const made = Array.from({ length: events }, (_, i) => this.#event(kind, length + i, n + i, eventId));
    await this.#server.commit(this.#actor, 0.2 + this.#chance.next() * 2, stream, length - 1, made);
  }

  #event(kind: StreamKind, revision: number, n: number, data: object): NewEvent {
    const types = TYPES[kind];
    const id = uuidFrom(this.#chance);
    const at = new Date(EPOCH_MS + Math.floor(this.#scheduler.nowMs)).toISOString();
    return {
      id,
      type: revision === 0 ? types[0] : types[1 + (n % (types.length - 1))]!,
      data,
      metadata: { at, actor: 'season', commandId: id, causationId: id, correlationId: id },
    } as unknown as NewEvent;
  }
}
