// A topic that not every broker has heard of yet.
import type { Admin } from 'kafkajs';
import { expect, it } from 'vitest';
import { ensureTopic } from '../../../src/adapters/kafka/topic.ts';

const SETTINGS = { topic: 'seats', partitions: 3, copies: 1, retentionHours: 1 };
const failure = (type: string) => Object.assign(new Error(type), { type });

/** An admin whose first questions for the topic fail so. */
function adminThat(failures: Error[]): Admin {
  return {
    listTopics: () => Promise.resolve([]),
    createTopics: () => Promise.resolve(true),
    fetchTopicMetadata: () => {
      const error = failures.shift();
      return error
        ? Promise.reject(error)
        : Promise.resolve({ topics: [{ name: 'seats', partitions: [{}, {}, {}] }] });
    },
  } as unknown as Admin;
}

it('is asked for again until the brokers know it and its leaders', async () => {
  const failures = [failure('UNKNOWN_TOPIC_OR_PARTITION'), failure('LEADER_NOT_AVAILABLE')];
  expect(await ensureTopic(adminThat(failures), SETTINGS)).toBe(3);
  expect(failures).toEqual([]);
});

it('is not asked for again after any other error', async () => {
  const failures = [failure('TOPIC_AUTHORIZATION_FAILED'), failure('LEADER_NOT_AVAILABLE')];
  await expect(ensureTopic(adminThat(failures), SETTINGS)).rejects.toThrow('TOPIC_AUTHORIZATION_FAILED');
  expect(failures.length).toBe(1);
});
