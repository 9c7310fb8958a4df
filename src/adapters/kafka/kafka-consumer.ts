// One member of a consumer group. Kafka's book of offsets is written as a hint for people, and never read: whoever handles
// the events says where to begin, each time partitions are given out anew.
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { FeedConsumer, FeedOffsets } from '../../ports/event-feed.ts';
import { systemClock } from '../system/system-clock.ts';
import {
  BACKOFF_MS,
  FETCH_WAIT_MS_MAX,
  HEARTBEAT_MS,
  PARTITION_BYTES_MAX,
  REBALANCE_MS_MAX,
  SESSION_MS,
} from './client-settings.ts';
import { eventsIn, toEvent } from './cloud-events.ts';
import { feedUnavailable, isLoading } from './kafka-fault.ts';

const HINT_EVERY_MS = 5_000;
/** Some 15 s: a cluster makes its book of offsets when the first group comes. */
const RETRIES = { retries: 10, initialRetryTime: 100, maxRetryTime: 2_000 };
/** The book may take longer to be read; what kafkajs has waited for comes on top. */
const LOADING_TRIES_MAX = 10;
const LOADING_PAUSE_MS = 500;

export interface ConsumedTopic {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly partitions: number;
  /** The first offsets that are still there. */
  readonly earliest: () => Promise<FeedOffsets>;
}

type Begins = ReadonlyMap<number, number>;

/** Resolves when the signal has aborted; rejects with a Fault when the consumer is lost. */
export async function consumeFrom(
  from: ConsumedTopic,
  handling: FeedConsumer,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await consumeAsMember(from, handling, signal);
    } catch (error) {
      if (!isLoading(error) || tries === LOADING_TRIES_MAX) throw feedUnavailable('be consumed', error);
      await systemClock.sleep(LOADING_PAUSE_MS, signal);
      if (signal.aborted) return;
    }
  }
}

async function consumeAsMember(
  from: ConsumedTopic,
  handling: FeedConsumer,
  signal: AbortSignal,
): Promise<void> {
  const consumer = memberOf(from.kafka, handling.group);
  const ended = new Promise<void>((resolve, reject) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  ended.catch(() => {}); // told where it is awaited
  const assigned = new Assignment(consumer, from, handling.begin);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    assigned.given(payload.memberAssignment[from.topic] ?? []);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [from.topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      autoCommitInterval: HINT_EVERY_MS,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: from.partitions,
      eachBatch: (payload) => handleAlive(payload, assigned, handling, signal),
    });
    await ended;
  } finally {
    await consumer.disconnect().catch(() => {});
  }
}

const memberOf = (kafka: Kafka, groupId: string): Consumer =>
  kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    rebalanceTimeout: REBALANCE_MS_MAX,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS_MAX,
    maxBytesPerPartition: PARTITION_BYTES_MAX,
    allowAutoTopicCreation: false,
    // Whoever consumes begins again: kafkajs' own restarts would go on from its own book.
    retry: { ...RETRIES, restartOnFailure: () => Promise.resolve(false) },
  });

/** A member that is slow is not gone. Whether the group is to be divided anew, the last heartbeat tells. */
async function handleAlive(
  payload: EachBatchPayload,
  assigned: Assignment,
  handling: FeedConsumer,
  signal: AbortSignal,
): Promise<void> {
  const beating = setInterval(() => void payload.heartbeat().catch(() => {}), HEARTBEAT_MS);
  try {
    await handleOne(payload, assigned, handling);
  } catch (error) {
    handling.onProblem?.(error);
    await systemClock.sleep(BACKOFF_MS, signal);
  } finally {
    clearInterval(beating);
  }
  await payload.heartbeat();
}

/** The partitions of this member since the group was last divided, and where to begin in them. */
class Assignment {
  readonly #consumer: Consumer;
  readonly #from: ConsumedTopic;
  readonly #begin: FeedConsumer['begin'];
  #given: readonly number[] = [];
  #begins: Promise<Begins> = Promise.resolve(new Map());
  /** The offset that must come next, by partition. */
  #next = new Map<number, number>();
  #division = 0;

  constructor(consumer: Consumer, from: ConsumedTopic, begin: FeedConsumer['begin']) {
    this.#consumer = consumer;
    this.#from = from;
    this.#begin = begin;
  }

  given(partitions: readonly number[]): void {
    this.#division += 1;
    this.#given = partitions;
    this.#next = new Map();
    this.#ask();
  }

  get division(): number {
    return this.#division;
  }

  /** The offset that must come next in a partition; null: it is not ours. */
  async expected(partition: number): Promise<number | null> {
    const begins = this.#begins;
    try {
      await begins;
    } catch (error) {
      // Perhaps the database was away: the first that comes asks again, for all.
      if (begins === this.#begins) this.#ask();
      throw error;
    }
    return this.#next.get(partition) ?? null;
  }

  advance(partition: number, next: number, division: number): void {
    if (division === this.#division) this.#next.set(partition, next);
  }

  seek(partition: number, offset: number): void {
    this.#consumer.seek({ topic: this.#from.topic, partition, offset: String(offset) });
  }

  #ask(): void {
    this.#begins = this.#beginAt(this.#given, this.#division);
    this.#begins.catch(() => {}); // told to the next batch
  }

  async #beginAt(partitions: readonly number[], division: number): Promise<Begins> {
    const low = await this.#from.earliest();
    const earliest = new Map(partitions.map((partition) => [partition, low[partition] ?? 0]));
    const begins = await this.#begin(partitions, earliest);
    if (division !== this.#division) return begins;
    for (const [partition, offset] of begins) {
      this.#next.set(partition, offset);
      this.seek(partition, offset);
    }
    return begins;
  }
}

async function handleOne(
  payload: EachBatchPayload,
  assigned: Assignment,
  { handle, onProblem }: FeedConsumer,
): Promise<void> {
  const { batch } = payload;
  const { partition } = batch;
  const expected = await assigned.expected(partition);
  const { division } = assigned;
  const isStale = (): boolean => !payload.isRunning() || payload.isStale() || assigned.division !== division;
  if (expected === null || isStale()) return;
  const messages = batch.messages.filter(({ offset }) => Number(offset) >= expected);
  const last = batch.lastOffset();
  const next = Number(last) + 1;
  if (messages.length === 0) {
    if (next <= expected) payload.resolveOffset(last);
    return;
  }
  const logs = new Set<string>();
  const events = messages.flatMap((message) => eventsIn(() => toEvent(message, logs), onProblem));
  const from = Number(messages[0]!.offset);
  const goOn = await handle({ partition, from, next, events, logs, isStale });
  if (assigned.division !== division) return;
  assigned.advance(partition, goOn, division);
  if (goOn !== next) return assigned.seek(partition, goOn);
  payload.resolveOffset(last);
  await payload.commitOffsetsIfNecessary().catch(() => {}); // a hint
}
