// A member of a group that is given its partitions while the database, which knows where to begin, is away.
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
function tellingClient() {
  let joined: Joined;
  let eachBatch: (payload: EachBatchPayload) => Promise<void>;
  const nothing = () => Promise.resolve();
  const consumer = {
    events: { CRASH: 'crash', GROUP_JOIN: 'join' },
    on: (event: string, listener: Joined) => event === 'join' && (joined = listener),
    run: (options: { eachBatch: typeof eachBatch }) => {
      ({ eachBatch } = options);
      return nothing();
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
