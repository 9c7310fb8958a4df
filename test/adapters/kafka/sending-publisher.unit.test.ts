// A send that kafkajs takes for done though a partition has not answered.
import type { Kafka, Message, ProducerConfig, ProducerRecord, RecordMetadata } from 'kafkajs';
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

it('asks kafkajs for an idempotent producer, one send in flight, and the acknowledgement of all that are in sync', async () => {
  const asked: { producer?: ProducerConfig; sends: ProducerRecord[]; underWay: number } = {
    sends: [],
    underWay: 0,
  };
  const send = async (record: ProducerRecord): Promise<RecordMetadata[]> => {
    asked.underWay += 1;
    expect(asked.underWay).toBe(1);
    asked.sends.push(record);
    await new Promise(setImmediate);
    asked.underWay -= 1;
    return [0, 1].map((partition) => ({ topicName: 't', partition, errorCode: 0, baseOffset: '0' }));
  };
  const producer = (config: ProducerConfig) => {
    asked.producer = config;
    return { connect: () => Promise.resolve(), send };
  };
  const publisher = await open({ producer } as unknown as Kafka);
  const many = sampleEvents(6_000, 100);
  await publisher.publish(many);
  expect(asked.producer).toMatchObject({ idempotent: true, maxInFlightRequests: 1 });
  expect(asked.sends.length).toBeGreaterThan(1);
  expect(asked.sends.map(({ acks }) => acks)).toEqual(asked.sends.map(() => -1));
  expect(asked.sends.flatMap(({ messages }) => messages).length).toBe(many.length);
});
