// An event feed in memory, for tests and simulations: partitions, groups that share them, and divisions anew whenever a
// consumer comes or goes.
import type { RecordedEvent } from '../../domain/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventFeed, FeedConsumer, FeedOffsets, FeedPublisher } from '../../ports/event-feed.ts';
import { partitionOf } from '../../ports/partition-of.ts';

const BATCH_SIZE_MAX = 1_000;
const POLL_MS = 5;
const BACKOFF_MS = 100;

interface Member {
  readonly consumer: FeedConsumer;
  partitions: readonly number[];
  /** Counts the divisions that concern it. */
  division: number;
}

export class MemoryEventFeed implements EventFeed {
  readonly partitions: number;
  readonly #clock: Clock;
  /** As text, so that nobody shares an object with the publisher. */
  readonly #records: string[][];
  /** The first offsets that are still there. */
  readonly #earliest: number[];
  readonly #groups = new Map<string, Member[]>();

  constructor(clock: Clock, partitions = 4) {
    this.#clock = clock;
    this.partitions = partitions;
    this.#records = Array.from({ length: partitions }, () => []);
    this.#earliest = this.#records.map(() => 0);
  }

  ends(): Promise<FeedOffsets> {
    return Promise.resolve(this.#ends);
  }

  openPublisher(): Promise<FeedPublisher> {
    const ends = () => this.#ends;
    return Promise.resolve({
      get ends() {
        return ends();
      },
      publish: (events: readonly RecordedEvent[], log?: string) => {
        for (const event of events)
          this.#records[partitionOf(event.stream, this.partitions)]!.push(JSON.stringify({ event, log }));
        return Promise.resolve(this.#ends);
      },
      close: () => Promise.resolve(),
    });
  }

  async consume(consumer: FeedConsumer, signal: AbortSignal): Promise<void> {
    const member: Member = { consumer, partitions: [], division: 0 };
    const group = this.#groups.get(consumer.group) ?? [];
    this.#groups.set(consumer.group, group);
    group.push(member);
    this.#divide(group);
    try {
      while (!signal.aborted) await this.#consumeDivision(member, signal);
    } finally {
      group.splice(group.indexOf(member), 1);
      this.#divide(group);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Divides the partitions of a group anew, though nobody came or went. */
  rebalance(group: string): void {
    const members = this.#groups.get(group) ?? [];
    members.push(...members.splice(0, 1));
    this.#divide(members);
  }

  /** What is there by now has lain for too long. */
  forget(): void {
    for (const [partition, records] of this.#records.entries()) this.#earliest[partition] = records.length;
  }

  get #ends(): FeedOffsets {
    return this.#records.map((records) => records.length);
  }

  #divide(members: readonly Member[]): void {
    const all = [...this.#records.keys()];
    for (const [index, member] of members.entries()) {
      member.partitions = all.filter((partition) => partition % members.length === index);
      member.division += 1;
    }
  }

  async #consumeDivision(member: Member, signal: AbortSignal): Promise<void> {
    const { division, partitions, consumer } = member;
    const isStale = (): boolean => signal.aborted || member.division !== division;
    try {
      const earliest = new Map(partitions.map((partition) => [partition, this.#earliest[partition]!]));
      const begins = await consumer.begin(partitions, earliest);
      await Promise.all(
        partitions.map((partition) => this.#follow(consumer, partition, begins.get(partition) ?? 0, isStale)),
      );
      if (partitions.length === 0) await this.#clock.sleep(POLL_MS, signal);
    } catch (error) {
      consumer.onProblem?.(error);
      await this.#clock.sleep(BACKOFF_MS, signal);
    }
  }

  async #follow(
    { handle, onProblem }: FeedConsumer,
    partition: number,
    begin: number,
    isStale: () => boolean,
  ): Promise<void> {
    for (let next = begin; !isStale();) {
      next = Math.max(next, this.#earliest[partition]!);
      const records = this.#records[partition]!.slice(next, next + BATCH_SIZE_MAX);
      if (records.length === 0) {
        await this.#clock.sleep(POLL_MS);
        continue;
      }
      const read = records.map((record) => JSON.parse(record) as { event: RecordedEvent; log?: string });
      const events = read.map(({ event }) => event);
      const logs = new Set(read.flatMap(({ log }) => log ?? []));
      try {
        next = await handle({ partition, from: next, next: next + records.length, events, logs, isStale });
      } catch (error) {
        onProblem?.(error);
        await this.#clock.sleep(BACKOFF_MS);
      }
    }
  }
}
