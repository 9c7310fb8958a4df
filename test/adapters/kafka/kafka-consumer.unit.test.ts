// A member of a group that is given its partitions while the database, which knows where to begin, is away, or that comes
// while the brokers are still busy with their own start.
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { expect, it } from 'vitest';
import { consumeFrom } from '../../../src/adapters/kafka/kafka-consumer.ts';
import { toMessage } from '../../../src/adapters/kafka/cloud-events.ts';
import type { FeedConsumer } from '../../../src/ports/event-feed.ts';
import { sampleEvents } from '../../contracts/event-feed/feed-world.ts';

const PARTITIONS = [0, 1, 2];
const { value, headers } = toMessage(sampleEvents(1)[0]!, PARTITIONS.length);

type Joined = (event: { payload: { memberAssignment: Record<string, readonly number[]> } }) => void;

/** A client whose consumer joins its group and gets batches when it is told to. */
function tellingClient(refusals: Error[] = []) {
  let joined: Joined;
  let eachBatch: (payload: EachBatchPayload) => Promise<void>;
  const nothing = () => Promise.resolve();
  const consumer = {
    events: { CRASH: 'crash', GROUP_JOIN: 'join' },
    on: (event: string, listener: Joined) => event === 'join' && (joined = listener),
    run: (options: { eachBatch: typeof eachBatch }) => {
      ({ eachBatch } = options);
      const refused = refusals.shift();
      return refused ? Promise.reject(refused) : nothing();
    },
    connect: nothing,
    subscribe: nothing,
    disconnect: nothing,
    seek: () => {},
  };
  return {
    kafka: { consumer: () => consumer as unknown as Consumer } as unknown as Kafka,
    join: () => joined({ payload: { memberAssignment: { t: PARTITIONS } } }),
    bring: (partition: number) =>
      eachBatch({
        batch: { partition, messages: [{ offset: '0', value, headers }], lastOffset: () => '0' },
        heartbeat: nothing,
        isRunning: () => true,
        isStale: () => false,
        resolveOffset: () => {},
        commitOffsetsIfNecessary: nothing,
      } as unknown as EachBatchPayload),
  };
}

it('a member that could not ask where to begin asks again for all of its partitions', async () => {
  const { kafka, join, bring } = tellingClient();
  const stop = new AbortController();
  const handled: number[] = [];
  const problems: unknown[] = [];
  let isAway = true;
  const handling: FeedConsumer = {
    group: 'g',
    begin: (partitions) =>
      isAway
        ? Promise.reject(new Error('the database is away'))
        : Promise.resolve(new Map(partitions.map((partition) => [partition, 0]))),
    handle: ({ partition, next }) => {
      handled.push(partition);
      return Promise.resolve(next);
    },
    onProblem: (error) => problems.push(error),
  };
  const earliest = () => Promise.resolve([0, 0, 0]);
  const consuming = consumeFrom({ kafka, topic: 't', partitions: 3, earliest }, handling, stop.signal);
  await new Promise(setImmediate);
  join();
  await new Promise(setImmediate);
  isAway = false;
  await bring(1);
  expect(problems).toEqual([new Error('the database is away')]);
  for (const partition of PARTITIONS) await bring(partition);
  expect(handled).toEqual(PARTITIONS);
  stop.abort();
  await consuming;
});

/** As kafkajs gives up: its own error around that of the broker. */
const givenUp = (type: string): Error =>
  new Error('given up', { cause: Object.assign(new Error('of the broker'), { type }) });
const handling: FeedConsumer = {
  group: 'g',
  begin: () => Promise.resolve(new Map()),
  handle: ({ next }) => Promise.resolve(next),
};
const earliest = () => Promise.resolve([0, 0, 0]);

it('a coordinator that is still loading is waited for', async () => {
  const refusals = [givenUp('GROUP_LOAD_IN_PROGRESS')];
  const { kafka } = tellingClient(refusals);
  const stop = new AbortController();
  const from = { kafka, topic: 't', partitions: 3, earliest };
  const consuming = consumeFrom(from, handling, stop.signal);
  await expect.poll(() => refusals).toEqual([]);
  stop.abort();
  expect(await consuming).toBeUndefined();
});

it('any other refusal is a Fault at once', async () => {
  const { kafka } = tellingClient([givenUp('GROUP_AUTHORIZATION_FAILED')]);
  const from = { kafka, topic: 't', partitions: 3, earliest };
  const consuming = consumeFrom(from, handling, new AbortController().signal);
  await expect(consuming).rejects.toMatchObject({ code: 'EventFeedUnavailable' });
});
