// The event feed on Kafka by @platformatic/kafka, the other client: docs/decisions/0046-kafkajs.md weighs the two.
import { isIP } from 'node:net';
import { Admin, ListOffsetTimestamps, type BaseOptions } from '@platformatic/kafka';
import type { EventFeed, FeedConsumer, FeedOffsets, FeedPublisher } from '../../ports/event-feed.ts';
import { ANSWER_MS_MAX, CONNECT_MS_MAX } from '../kafka/client-settings.ts';
import { inGroupOf, type KafkaFeedOptions, type KafkaSecurity } from '../kafka/kafka-event-feed.ts';
import { feedUnavailable } from '../kafka/kafka-fault.ts';
import { SendingPublisher } from '../kafka/sending-publisher.ts';
import { consumeFrom } from './platformatic-consumer.ts';
import { openSender } from './platformatic-producer.ts';
import { ensureTopic } from './platformatic-topic.ts';

const RETRIES = 5;
const RETRY_MS_MAX = 2_000;

export class PlatformaticEventFeed implements EventFeed {
  readonly partitions: number;
  readonly #base: BaseOptions;
  readonly #admin: Admin;
  readonly #topic: string;

  private constructor(base: BaseOptions, admin: Admin, topic: string, partitions: number) {
    this.#base = base;
    this.#admin = admin;
    this.#topic = topic;
    this.partitions = partitions;
  }

  /** Connects, and makes the topic where it is missing. Throws a Fault when no broker answers. */
  static async open(options: KafkaFeedOptions): Promise<PlatformaticEventFeed> {
    const base: BaseOptions = {
      clientId: 'fairseat',
      bootstrapBrokers: [...options.brokers],
      ...securityOf(options),
      // Not what Node takes an address for.
      tlsServerName: !options.brokers.some((broker) => isIP(hostOf(broker)) > 0),
      connectTimeout: CONNECT_MS_MAX,
      timeout: ANSWER_MS_MAX,
      retries: RETRIES,
      retryDelay: (_client, _operation, attempt) => Math.min(100 * 2 ** attempt, RETRY_MS_MAX),
    };
    const admin = new Admin(base);
    try {
      return new PlatformaticEventFeed(base, admin, options.topic, await ensureTopic(admin, options));
    } catch (error) {
      await admin.close().catch(() => {});
      throw feedUnavailable('be reached', error);
    }
  }

  async openPublisher(): Promise<FeedPublisher> {
    const ends = await this.ends();
    return new SendingPublisher(await openSender(this.#base, this.#topic), ends);
  }

  ends(): Promise<FeedOffsets> {
    return this.#offsets(ListOffsetTimestamps.LATEST);
  }

  consume(consumer: FeedConsumer, signal: AbortSignal): Promise<void> {
    const earliest = () => this.#offsets(ListOffsetTimestamps.EARLIEST);
    return consumeFrom(
      { base: this.#base, topic: this.#topic, earliest },
      inGroupOf(this.#topic, consumer),
      signal,
    );
  }

  async close(): Promise<void> {
    await this.#admin.close().catch(() => {});
  }

  async #offsets(timestamp: bigint): Promise<FeedOffsets> {
    const asked = Array.from({ length: this.partitions }, (_, partitionIndex) => ({
      partitionIndex,
      timestamp,
    }));
    try {
      const topics = await this.#admin.listOffsets({ topics: [{ name: this.#topic, partitions: asked }] });
      const offsets: number[] = [];
      for (const { partitionIndex, offset } of topics[0]!.partitions)
        offsets[partitionIndex] = Number(offset);
      return offsets;
    } catch (error) {
      throw feedUnavailable('say where its partitions end', error);
    }
  }
}

/** `[::1]:9092` too. */
const hostOf = (broker: string): string => broker.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');

const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const;

function securityOf({ tls = false, ca, sasl }: KafkaSecurity): Pick<BaseOptions, 'tls' | 'sasl'> {
  return {
    ...(tls && { tls: ca === undefined ? {} : { ca: [ca] } }),
    ...(sasl && { sasl: { ...sasl, mechanism: MECHANISMS[sasl.mechanism] } }),
  };
}
