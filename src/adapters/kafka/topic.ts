// The topic of the feed: made once, with everything that the feed rests on. Its number of partitions never changes, for
// with it streams would move to others and lose their order.
import type { Admin } from 'kafkajs';
import { systemClock } from '../system/system-clock.ts';

export interface TopicSettings {
  readonly topic: string;
  /** Of a topic that is not there yet. */
  readonly partitions: number;
  /** Copies of each partition; −1: as the brokers say. */
  readonly copies: number;
  readonly retentionHours: number;
}

const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
const MAKING_MS_MAX = 20_000;
const ASK_PAUSE_MS = 100;

/** Makes the topic where it is missing; gives how many partitions it has. Several processes may do so at once. */
export async function ensureTopic(admin: Admin, settings: TopicSettings): Promise<number> {
  const { topic, partitions, copies, retentionHours } = settings;
  const there = await admin.listTopics();
  if (!there.includes(topic)) {
    await admin
      .createTopics({
        topics: [
          {
            topic,
            numPartitions: partitions,
            replicationFactor: copies,
            configEntries: topicConfig(retentionHours),
          },
        ],
        waitForLeaders: false,
        timeout: MAKING_MS_MAX,
      })
      .catch((error: unknown) => {
        if (!isThere(error)) throw error;
      });
  }
  return partitionsOf(admin, topic);
}

/** A broker hears of a new topic a moment after the one that made it, and of its leaders later; kafkajs takes that for an error. */
async function partitionsOf(admin: Admin, topic: string): Promise<number> {
  for (const untilMs = systemClock.steady() + MAKING_MS_MAX; ;) {
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]!.partitions.length;
    } catch (error) {
      if (!isNotYetThere(error) || systemClock.steady() > untilMs) throw error;
      await systemClock.sleep(ASK_PAUSE_MS);
    }
  }
}

export const topicConfig = (retentionHours: number): { name: string; value: string }[] => [
  { name: 'cleanup.policy', value: 'delete' },
  { name: 'retention.ms', value: String(retentionHours * 3_600_000) },
  // By the time of the events themselves, an old log would be thrown away while it is published.
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  { name: 'max.message.bytes', value: String(MESSAGE_BYTES_MAX) },
];

/** kafkajs' classes of errors cannot be imported by name. */
const typeOf = (error: unknown): unknown => (error as { type?: unknown } | null)?.type;

const isThere = (error: unknown): boolean =>
  [error, ...((error as { errors?: unknown[] }).errors ?? [])].some(
    (cause) => typeOf(cause) === 'TOPIC_ALREADY_EXISTS',
  );

const isNotYetThere = (error: unknown): boolean =>
  typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION' || typeOf(error) === 'LEADER_NOT_AVAILABLE';
