// The topic of the feed: made once, with everything that the feed rests on. Its number of partitions never changes, for
// with it streams would move to others and lose their order.
import type { Admin } from 'kafkajs';

export interface TopicSettings {
  readonly topic: string;
  /** Of a topic that is not there yet. */
  readonly partitions: number;
  /** Copies of each partition; −1: as the brokers say. */
  readonly copies: number;
  readonly retentionHours: number;
}

const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
const LEADERS_MS_MAX = 20_000;

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
        waitForLeaders: true,
        timeout: LEADERS_MS_MAX,
      })
      .catch((error: unknown) => {
        if (!isThere(error)) throw error;
      });
  }
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]!.partitions.length;
}

export const topicConfig = (retentionHours: number): { name: string; value: string }[] => [
  { name: 'cleanup.policy', value: 'delete' },
  { name: 'retention.ms', value: String(retentionHours * 3_600_000) },
  // By the time of the events themselves, an old log would be thrown away while it is published.
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  { name: 'max.message.bytes', value: String(MESSAGE_BYTES_MAX) },
];

/** kafkajs' classes of errors cannot be imported by name. */
const isThere = (error: unknown): boolean => {
  const causes = [error, ...((error as { errors?: unknown[] }).errors ?? [])];
  return causes.some((cause) => (cause as { type?: unknown } | null)?.type === 'TOPIC_ALREADY_EXISTS');
};
