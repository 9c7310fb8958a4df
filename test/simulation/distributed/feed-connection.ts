// How one process reaches the broker: the port that relay and views know, over a network that delays, loses and doubles. A
// message that has left goes on its way, whatever becomes of who sent it.
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { EventFeed, FeedConsumer, FeedOffsets, FeedPublisher } from '../../../src/ports/event-feed.ts';
import { Fault } from '../../../src/ports/fault.ts';
import type { Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';
import type { FeedServer, Member } from './feed-server.ts';

const TIMEOUT_MS = 600;
const LATE_MAX_MS = 8_000;
const BATCH_SIZE_MAX = 40;
const HEARTBEAT_MS = 300;
const POLL_MS = 60;
const BACKOFF_MS = 150;

interface FeedConnectionParts {
  readonly server: FeedServer;
  readonly scheduler: Scheduler;
  readonly actor: Actor;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly count: (what: string) => void;
  /** Told the moment a publication leaves. */
  readonly onPublish: (actor: Actor) => void;
}

export class FeedConnection implements EventFeed {
  readonly #parts: FeedConnectionParts;

  constructor(parts: FeedConnectionParts) {
    this.#parts = parts;
  }

  get partitions(): number {
    return this.#parts.server.partitions;
  }

  async openPublisher(): Promise<FeedPublisher> {
    await this.#reach('opens a publisher');
    let ends: FeedOffsets = this.#parts.server.ends;
    let broken = false;
    return {
      get ends() {
        return ends;
      },
      publish: async (events, log) => {
        if (broken) throw new Error('A publisher that has failed was used again.');
        broken = true;
        if (log !== undefined) this.#parts.server.logs.add(log);
        ends = await this.#publish(events);
        broken = false;
        return ends;
      },
      close: () => Promise.resolve(),
    };
  }

  async ends(): Promise<FeedOffsets> {
    await this.#reach('asks where partitions end');
    return this.#parts.server.ends;
  }

  async #publish(events: readonly RecordedEvent[]): Promise<FeedOffsets> {
    const { server, scheduler, faults, chance, actor, onPublish } = this.#parts;
    onPublish(actor);
    const write = (ms: number, some: readonly RecordedEvent[]): Promise<boolean> =>
      new Promise((resolve) =>
        scheduler.after(ms, server.actor, 'writes records', () => {
          if (!server.isAway) server.write(some);
          resolve(!server.isAway);
        }),
      );
    const wayMs = 0.2 + chance.next();
    if (faults.strikes('publishLost')) await this.#unheard();
    if (faults.strikes('publishLate')) {
      void write(LATE_MAX_MS * chance.next(), events);
      await this.#unheard();
    }
    if (faults.strikes('publishCut')) {
      void write(wayMs, events.slice(0, chance.below(events.length)));
      await this.#unheard();
    }
    const written = await write(wayMs, events);
    const { ends } = server;
    if (!written || faults.strikes('publishUnheard')) await this.#unheard();
    await scheduler.pause(0.1 + chance.next(), actor, 'hears of records');
    return ends;
  }

  async consume(consumer: FeedConsumer, signal: AbortSignal): Promise<void> {
    const { server, actor } = this.#parts;
    await this.#reach('joins the group');
    const member = server.join(actor);
    try {
      while (!signal.aborted) {
        if (!server.isMember(member))
          throw new Fault('EventFeedUnavailable', 'The group has gone on without it.');
        await this.#consumeDivision(consumer, member, signal);
      }
    } finally {
      server.leave(member);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Until it hears that the partitions were divided anew: up to then it may hold what others have by now. */
  async #consumeDivision(consumer: FeedConsumer, member: Member, signal: AbortSignal): Promise<void> {
    const { server } = this.#parts;
    const { division } = server;
    const { partitions } = member;
    const known = { stale: false };
    const isStale = (): boolean => known.stale || signal.aborted;
    const beating = this.#beat(member, division, known, signal);
    try {
      const earliest = new Map(partitions.map((partition) => [partition, server.earliest[partition]!]));
      const begins = await consumer.begin(partitions, earliest);
      server.hasBegun();
      await Promise.all(
        partitions.map((partition) => this.#follow(consumer, partition, begins.get(partition) ?? 0, isStale)),
      );
      await beating;
    } catch (error) {
      known.stale = true;
      consumer.onProblem?.(error);
      await this.#pause(BACKOFF_MS, 'waits before it begins again');
    }
  }

  async #beat(
    member: Member,
    division: number,
    known: { stale: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const { server } = this.#parts;
    while (!known.stale && !signal.aborted) {
      await this.#pause(HEARTBEAT_MS, 'beats');
      if (server.isAway) continue;
      if (server.isMember(member)) server.hear(member);
      if (server.division !== division) known.stale = true;
    }
  }

  async #follow(
    { handle, onProblem }: FeedConsumer,
    partition: number,
    begin: number,
    isStale: () => boolean,
  ): Promise<void> {
    for (let next = begin; !isStale();) {
      try {
        const batch = await this.#fetch(partition, next);
        if (isStale()) return;
        if (batch.events.length > 0) next = await handle({ ...batch, isStale });
      } catch (error) {
        onProblem?.(error);
        await this.#pause(BACKOFF_MS, 'waits before it fetches again');
      }
    }
  }

  async #fetch(partition: number, after: number) {
    const { server, faults, chance, count } = this.#parts;
    const records = server.records[partition]!;
    await this.#pause(after >= records.length ? POLL_MS : 1 + 5 * chance.next(), 'fetches records');
    if (server.isAway || faults.strikes('fetchFails'))
      throw new Fault('EventFeedUnavailable', 'The broker cannot be reached.');
    const first = server.earliest[partition]!;
    let from = Math.max(after, first);
    if (from > first && from < records.length && faults.strikes('redelivered')) {
      from = chance.happens(0.3) ? first : Math.max(first, from - 1 - chance.below(10));
      count('rare records came again');
    }
    const next = Math.min(records.length, Math.max(after, from) + 1 + chance.below(BATCH_SIZE_MAX));
    return { partition, from, next, events: records.slice(from, next), logs: server.logs };
  }

  async #reach(what: string): Promise<void> {
    await this.#pause(0.2 + this.#parts.chance.next(), what);
    if (this.#parts.server.isAway) throw new Fault('EventFeedUnavailable', 'The broker cannot be reached.');
  }

  async #unheard(): Promise<never> {
    await this.#pause(TIMEOUT_MS, 'waits for an acknowledgement');
    throw new Fault('EventFeedUnavailable', 'The broker did not acknowledge the records.', {
      outcome: 'unknown',
    });
  }

  #pause(ms: number, what: string): Promise<void> {
    return this.#parts.scheduler.pause(ms, this.#parts.actor, what);
  }
}
