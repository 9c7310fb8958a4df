// Publishes to Kafka by one idempotent producer: one send at a time, for kafkajs loses messages of concurrent ones
// silently; all replicas that are in sync have acknowledged before a call resolves.
import { CompressionTypes, type Kafka, type Message, type Producer, type RecordMetadata } from 'kafkajs';
import type { RecordedEvent } from '../../domain/event.ts';
import type { FeedOffsets, FeedPublisher } from '../../ports/event-feed.ts';
import { toMessage } from './cloud-events.ts';
import { feedUnavailable } from './kafka-fault.ts';

const ALL_IN_SYNC = -1;
/** Long enough to outlast a change of leader, short enough for a lease to be given up in time. */
const RETRIES = { retries: 12, initialRetryTime: 50, maxRetryTime: 1_000 };
const SEND_EVENTS_MAX = 5_000;
/** Well below `max.message.bytes` of the topic: what goes to one partition in one send is one batch of records. */
const SEND_CHARACTERS_MAX = 2_000_000;

export interface KafkaPublisherOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly partitions: number;
  /** Where the partitions end now. */
  readonly ends: FeedOffsets;
}

export class KafkaPublisher implements FeedPublisher {
  readonly #topic: string;
  readonly #partitions: number;
  readonly #producer: Producer;
  #ends: number[];

  private constructor(options: KafkaPublisherOptions, producer: Producer) {
    this.#topic = options.topic;
    this.#partitions = options.partitions;
    this.#ends = [...options.ends];
    this.#producer = producer;
  }

  static async open(options: KafkaPublisherOptions): Promise<KafkaPublisher> {
    const producer = options.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: RETRIES,
    });
    try {
      await producer.connect();
    } catch (error) {
      await producer.disconnect().catch(() => {});
      throw feedUnavailable('be reached', error);
    }
    return new KafkaPublisher(options, producer);
  }

  get ends(): FeedOffsets {
    return this.#ends;
  }

  async publish(events: readonly RecordedEvent[]): Promise<FeedOffsets> {
    for (let from = 0; from < events.length;) {
      const messages: Message[] = [];
      for (let characters = 0; from < events.length && messages.length < SEND_EVENTS_MAX; from += 1) {
        const message = toMessage(events[from]!, this.#partitions);
        characters += message.value!.length;
        if (messages.length > 0 && characters > SEND_CHARACTERS_MAX) break;
        messages.push(message);
      }
      await this.#send(messages);
    }
    return [...this.#ends];
  }

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => {});
  }

  async #send(messages: Message[]): Promise<void> {
    try {
      const acknowledged = await this.#producer.send({
        topic: this.#topic,
        messages,
        acks: ALL_IN_SYNC,
        compression: CompressionTypes.None,
      });
      this.#noteEnds(messages, acknowledged);
    } catch (error) {
      throw feedUnavailable('acknowledge what was published', error);
    }
  }

  /**
   * Throws unless every partition has acknowledged. kafkajs resolves without: where the leader of a partition dies and one
   * that has answered for its own partitions takes it over, it takes that answer for both and never sends the rest.
   */
  #noteEnds(messages: readonly Message[], acknowledged: readonly RecordMetadata[]): void {
    const counts = new Map<number, number>();
    for (const { partition } of messages) counts.set(partition!, (counts.get(partition!) ?? 0) + 1);
    const answered = new Set(acknowledged.map(({ partition }) => partition));
    const silent = [...counts.keys()].filter((partition) => !answered.has(partition));
    if (silent.length > 0) throw new Error(`partitions ${silent.join(', ')} did not answer`);
    for (const { partition, baseOffset } of acknowledged) {
      const end = Number(baseOffset ?? -1) + (counts.get(partition) ?? 0);
      this.#ends[partition] = Math.max(this.#ends[partition] ?? 0, end);
    }
  }
}
