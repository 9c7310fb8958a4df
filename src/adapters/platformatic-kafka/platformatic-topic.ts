// The topic of the feed, made where it is missing: the same as kafkajs makes.
import type { Admin } from '@platformatic/kafka';
import { systemClock } from '../system/system-clock.ts';
import { topicConfig, type TopicSettings } from '../kafka/topic.ts';

const LEADERS_MS_MAX = 20_000;
const LOOK_EVERY_MS = 100;

/** Gives how many partitions it has. Several processes may do so at once. */
export async function ensureTopic(admin: Admin, settings: TopicSettings): Promise<number> {
  const { topic, partitions, copies, retentionHours } = settings;
  if (!(await admin.listTopics()).includes(topic))
    await admin
      .createTopics({ topics: [topic], partitions, replicas: copies, configs: topicConfig(retentionHours) })
      .catch((error: unknown) => {
        if (!isThere(error)) throw error;
      });
  const until = systemClock.steady() + LEADERS_MS_MAX;
  for (;;) {
    try {
      const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true });
      const found = topics.get(topic)!.partitions;
      if (found.length > 0 && found.every(({ leader }) => leader >= 0)) return found.length;
    } catch (error) {
      if (systemClock.steady() > until) throw error;
    }
    if (systemClock.steady() > until) throw new Error(`the topic ${topic} has no leaders`);
    await systemClock.sleep(LOOK_EVERY_MS);
  }
}

const isThere = (error: unknown): boolean => {
  const { apiId, errors = [] } = error as { apiId?: string; errors?: unknown[] };
  return apiId === 'TOPIC_ALREADY_EXISTS' || errors.some(isThere);
};
