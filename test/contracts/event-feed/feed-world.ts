// Events to publish, and a consumer that keeps what it is given, as a projector would.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { EventFeed, FeedBatch, FeedConsumer } from '../../../src/ports/event-feed.ts';
import { newEvent } from '../event-log/sample-events.ts';

/** Events of so many streams in turn, with the positions that follow `after`. */
export function sampleEvents(count: number, streams = 5, after = 0): RecordedEvent[] {
  const names = Array.from({ length: streams }, () => `show-${randomUUID()}`);
  return Array.from({ length: count }, (_, n) => ({
    ...newEvent({ n, word: 'Ánfora — “quoted”', nothing: null }),
    stream: names[n % streams]!,
    revision: Math.floor(n / streams),
    position: after + n + 1,
  }));
}

export class Reader {
  readonly batches: FeedBatch[] = [];
  readonly problems: unknown[] = [];
  /** What it would find in its tables. */
  readonly kept: Map<number, number>;
  partitions: readonly number[] = [];
  divisions = 0;
  /** In place of keeping a batch, once. */
  instead: ((batch: FeedBatch) => number) | null = null;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(feed: EventFeed, group: string, kept = new Map<number, number>()) {
    this.kept = kept;
    this.#done = this.#consume(feed, group);
  }

  /** Begins again when the feed is lost, as a projector does. */
  async #consume(feed: EventFeed, group: string): Promise<void> {
    while (!this.#stop.signal.aborted)
      await feed
        .consume(this.#consumer(group), this.#stop.signal)
        .catch((error: unknown) => this.problems.push(error));
  }

  #consumer(group: string): FeedConsumer {
    return {
      group,
      begin: (partitions) => {
        this.partitions = partitions;
        this.divisions += 1;
        return Promise.resolve(new Map(partitions.map((p) => [p, this.kept.get(p) ?? 0])));
      },
      handle: (batch) => Promise.resolve().then(() => this.#handle(batch)),
      onProblem: (error) => this.problems.push(error),
    };
  }

  get events(): RecordedEvent[] {
    return this.batches.flatMap((batch) => batch.events);
  }

  async has(count: number): Promise<void> {
    await expect.poll(() => this.events.length, { interval: 20 }).toBeGreaterThanOrEqual(count);
  }

  async joined(partitions: number): Promise<void> {
    await expect.poll(() => this.partitions.length, { interval: 20 }).toBe(partitions);
  }

  stop(): Promise<void> {
    this.#stop.abort();
    return this.#done;
  }

  #handle(batch: FeedBatch): number {
    if (this.instead) {
      const { instead } = this;
      this.instead = null;
      return instead(batch);
    }
    this.batches.push(batch);
    this.kept.set(batch.partition, batch.next);
    return batch.next;
  }
}

export const positionsOf = (events: readonly RecordedEvent[]): number[] => events.map((e) => e.position);
export const inOrder = (events: readonly RecordedEvent[]): RecordedEvent[] =>
  [...events].sort((a, b) => a.position - b.position);
