// Publishes by one idempotent producer, one send at a time; all replicas in sync have acknowledged before a call resolves.
import { Producer, ProduceAcks, type BaseOptions } from '@platformatic/kafka';
import type { RecordedEvent } from '../../domain/event.ts';
import type { FeedOffsets, FeedPublisher } from '../../ports/event-feed.ts';
import type { FeedMessage } from '../kafka/cloud-events.ts';
import { feedUnavailable } from '../kafka/kafka-fault.ts';
import { endsAfter, sendsOf } from '../kafka/sends.ts';

/** Long enough to outlast a change of leader, short enough for a lease to be given up in time. */
const RETRIES = 12;
const RETRY_MS_MAX = 1_000;

type TextProducer = Producer<string, string, string, string>;

export interface PublisherOptions {
  readonly base: BaseOptions;
  readonly topic: string;
  readonly partitions: number;
  /** Where the partitions end now. */
  readonly ends: FeedOffsets;
}

export class PlatformaticPublisher implements FeedPublisher {
  readonly #topic: string;
  readonly #partitions: number;
  readonly #producer: TextProducer;
  #ends: number[];

  private constructor(options: PublisherOptions, producer: TextProducer) {
    this.#topic = options.topic;
    this.#partitions = options.partitions;
    this.#ends = [...options.ends];
    this.#producer = producer;
  }

  static async open(options: PublisherOptions): Promise<PlatformaticPublisher> {
    const bytes = (text?: string): Buffer | undefined => (text === undefined ? undefined : Buffer.from(text));
    const producer = new Producer({
      ...options.base,
      idempotent: true,
      maxInflights: 1,
      acks: ProduceAcks.ALL,
      autocreateTopics: false,
      retries: RETRIES,
      retryDelay: (_client, _operation, attempt) => Math.min(50 * 2 ** attempt, RETRY_MS_MAX),
      serializers: { key: bytes, value: bytes, headerKey: bytes, headerValue: bytes },
    });
    try {
      await producer.initIdempotentProducer({});
    } catch (error) {
      await producer.close(true).catch(() => {});
      throw feedUnavailable('be reached', error);
    }
    return new PlatformaticPublisher(options, producer);
  }

  get ends(): FeedOffsets {
    return this.#ends;
  }

  async publish(events: readonly RecordedEvent[]): Promise<FeedOffsets> {
    for (const messages of sendsOf(events, this.#partitions)) await this.#send(messages);
    return [...this.#ends];
  }

  async close(): Promise<void> {
    await this.#producer.close(true).catch(() => {});
  }

  async #send(messages: FeedMessage[]): Promise<void> {
    try {
      const { offsets = [] } = await this.#producer.send({
        messages: messages.map((message) => ({ topic: this.#topic, ...message })),
      });
      const answers = offsets.map(({ partition, offset }) => ({ partition, baseOffset: Number(offset) }));
      this.#ends = endsAfter(this.#ends, messages, answers);
    } catch (error) {
      throw feedUnavailable('acknowledge what was published', error);
    }
  }
}
