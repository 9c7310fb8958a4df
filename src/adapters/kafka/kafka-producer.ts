// Publishes to Kafka by one idempotent producer: one send at a time, for kafkajs loses messages of concurrent ones
// silently; all replicas that are in sync have acknowledged before a call resolves.
import { CompressionTypes, type Kafka, type Producer } from 'kafkajs';
import type { RecordedEvent } from '../../domain/event.ts';
import type { FeedOffsets, FeedPublisher } from '../../ports/event-feed.ts';
import type { FeedMessage } from './cloud-events.ts';
import { feedUnavailable } from './kafka-fault.ts';
import { endsAfter, sendsOf } from './sends.ts';

const ALL_IN_SYNC = -1;
/** Long enough to outlast a change of leader, short enough for a lease to be given up in time. */
const RETRIES = { retries: 12, initialRetryTime: 50, maxRetryTime: 1_000 };

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
    for (const messages of sendsOf(events, this.#partitions)) await this.#send(messages);
    return [...this.#ends];
  }

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => {});
  }

  async #send(messages: FeedMessage[]): Promise<void> {
    try {
      const acknowledged = await this.#producer.send({
        topic: this.#topic,
        messages,
        acks: ALL_IN_SYNC,
        compression: CompressionTypes.None,
      });
      const answers = acknowledged.map(({ partition, baseOffset }) => ({
        partition,
        baseOffset: Number(baseOffset ?? -1),
      }));
      this.#ends = endsAfter(this.#ends, messages, answers);
    } catch (error) {
      throw feedUnavailable('acknowledge what was published', error);
    }
  }
}
