// A send that kafkajs takes for done though a partition has not answered.
import type { Kafka, Message, RecordMetadata } from 'kafkajs';
import { expect, it } from 'vitest';
import { openSender } from '../../../src/adapters/kafka/kafka-producer.ts';
import { SendingPublisher } from '../../../src/adapters/kafka/sending-publisher.ts';
import { partitionOf } from '../../../src/ports/partition-of.ts';
import { sampleEvents } from '../../contracts/event-feed/feed-world.ts';

const PARTITIONS = 2;
/** One for each partition: of a hundred streams by random names each partition has some. */
const samples = sampleEvents(100, 100);
const events = [0, 1].map((number) =>
  samples.find(({ stream }) => partitionOf(stream, PARTITIONS) === number)!,
);

/** A client whose producer answers for the partitions that are given. */
const answering = (partitions: readonly number[]) => {
  const send = ({ messages }: { messages: Message[] }): Promise<RecordMetadata[]> =>
    Promise.resolve(
      partitions
        .filter((partition) => messages.some((message) => message.partition === partition))
        .map((partition) => ({ topicName: 't', partition, errorCode: 0, baseOffset: '7' })),
    );
  return { producer: () => ({ connect: () => Promise.resolve(), send }) } as unknown as Kafka;
};
const open = async (kafka: Kafka) => new SendingPublisher(await openSender(kafka, 't'), [0, 0]);

it('knows where each partition ends by their answers', async () => {
  const publisher = await open(answering([0, 1]));
  expect(await publisher.publish(events)).toEqual([8, 8]);
});

it('takes nothing for published while a partition has not answered, as kafkajs does when its leader dies', async () => {
  const publisher = await open(answering([1]));
  await expect(publisher.publish(events)).rejects.toMatchObject({
    code: 'EventFeedUnavailable',
    outcome: 'unknown',
    message: expect.stringContaining('partitions 0 did not answer'),
  });
  expect(publisher.ends).toEqual([0, 0]);
});
