// The event feed on Kafka, by kafkajs 2.2.4; what that client needs to be exact is in docs/decisions/0046-kafkajs.md.
import { Kafka, logLevel, type Admin, type KafkaConfig, type SASLOptions } from 'kafkajs';
import type { EventFeed, FeedConsumer, FeedOffsets, FeedPublisher } from '../../ports/event-feed.ts';
import { systemClock } from '../system/system-clock.ts';
import { ANSWER_MS_MAX, CONNECT_MS_MAX } from './client-settings.ts';
import { feedUnavailable } from './kafka-fault.ts';
import { consumeFrom } from './kafka-consumer.ts';
import './negative-timeouts.ts';
import { openSender } from './kafka-producer.ts';
import { SendingPublisher } from './sending-publisher.ts';
import { ensureTopic, type TopicSettings } from './topic.ts';

const ASK_TRIES_MAX = 6;
const ASK_PAUSE_MS = 150;
const RETRIES = { retries: 4, initialRetryTime: 100, maxRetryTime: 2_000 };

/** How brokers are spoken to that do not take everybody's word. */
export interface KafkaSecurity {
  readonly tls?: boolean;
  /** PEM: who vouches for the brokers, beside those that Node knows. */
  readonly ca?: string | undefined;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

export interface KafkaFeedOptions extends TopicSettings, KafkaSecurity {
  /** `host:port` of some of the brokers. */
  readonly brokers: readonly string[];
}

export class KafkaEventFeed implements EventFeed {
  readonly partitions: number;
  readonly #kafka: Kafka;
  #admin: Admin;
  readonly #topic: string;
  #closed = false;

  private constructor(kafka: Kafka, admin: Admin, topic: string, partitions: number) {
    this.#kafka = kafka;
    this.#admin = admin;
    this.#topic = topic;
    this.partitions = partitions;
  }

  /** Connects, and makes the topic where it is missing. Throws a Fault when no broker answers. */
  static async open(options: KafkaFeedOptions): Promise<KafkaEventFeed> {
    const kafka = clientOf(options);
    const admin = kafka.admin();
    try {
      await admin.connect();
      return new KafkaEventFeed(kafka, admin, options.topic, await ensureTopic(admin, options));
    } catch (error) {
      await admin.disconnect().catch(() => {});
      throw feedUnavailable('be reached', error);
    }
  }

  async openPublisher(): Promise<FeedPublisher> {
    const ends = await this.ends();
    return new SendingPublisher(await openSender(this.#kafka, this.#topic), ends);
  }

  async ends(): Promise<FeedOffsets> {
    return (await this.#offsets()).high;
  }

  consume(consumer: FeedConsumer, signal: AbortSignal): Promise<void> {
    const earliest = async () => (await this.#offsets()).low;
    return consumeFrom(
      { kafka: this.#kafka, topic: this.#topic, partitions: this.partitions, earliest },
      inGroupOf(this.#topic, consumer),
      signal,
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#admin.disconnect().catch(() => {});
  }

  /** Asked again while leaders change, each time by a client that knows nothing of earlier ones. */
  async #offsets(): Promise<{ low: FeedOffsets; high: FeedOffsets }> {
    for (let tries = 1; ; tries += 1) {
      const admin = this.#admin;
      try {
        return await offsetsOf(admin, this.#topic);
      } catch (error) {
        if (!this.#closed && tries < ASK_TRIES_MAX) await systemClock.sleep(ASK_PAUSE_MS * tries);
        if (this.#closed || tries === ASK_TRIES_MAX)
          throw feedUnavailable('say where its partitions end', error);
        if (this.#admin === admin) await this.#renewAdmin(); // unless another question has
      }
    }
  }

  async #renewAdmin(): Promise<void> {
    const former = this.#admin;
    const admin = (this.#admin = this.#kafka.admin());
    await former.disconnect().catch(() => {});
    await admin.connect().catch(() => {}); // the next question tells
    if (this.#closed) await admin.disconnect().catch(() => {});
  }
}

/**
 * One group for each topic: whoever divides a group gives partitions to every member, also to one that was set to another
 * topic, and nobody would read those.
 */
export const inGroupOf = (topic: string, consumer: FeedConsumer): FeedConsumer => ({
  ...consumer,
  group: `${consumer.group}-of-${topic}`,
});

/** Where each partition ends, without making the topic; none: it is not there. Throws a Fault when no broker answers. */
export async function lookAtTopic(options: KafkaFeedOptions): Promise<FeedOffsets> {
  const admin = clientOf(options).admin();
  try {
    await admin.connect();
    if (!(await admin.listTopics()).includes(options.topic)) return [];
    return (await offsetsOf(admin, options.topic)).high;
  } catch (error) {
    throw feedUnavailable('be reached', error);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

const clientOf = (options: KafkaFeedOptions): Kafka =>
  new Kafka({
    clientId: 'fairseat',
    brokers: [...options.brokers],
    ...securityOf(options),
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: ANSWER_MS_MAX,
    enforceRequestTimeout: true,
    retry: RETRIES,
    logLevel: logLevel.NOTHING,
  });

function securityOf({ tls = false, ca, sasl }: KafkaSecurity): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(tls && { ssl: ca === undefined ? true : { ca: [ca] } }),
    ...(sasl && { sasl: sasl as SASLOptions }), // one mechanism for each type there
  };
}

async function offsetsOf(admin: Admin, topic: string): Promise<{ low: FeedOffsets; high: FeedOffsets }> {
  const [low, high]: [number[], number[]] = [[], []];
  for (const found of await admin.fetchTopicOffsets(topic)) {
    low[found.partition] = Number(found.low);
    high[found.partition] = Number(found.high);
  }
  return { low, high };
}
