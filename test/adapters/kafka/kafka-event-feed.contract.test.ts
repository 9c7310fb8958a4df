// The event feed on Kafka keeps the port's promises on a real broker, by either client, and what is specific to it.
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KafkaEventFeed } from '../../../src/adapters/kafka/kafka-event-feed.ts';
import { PlatformaticEventFeed } from '../../../src/adapters/platformatic-kafka/platformatic-event-feed.ts';
import type { EventFeed } from '../../../src/ports/event-feed.ts';
import { Fault } from '../../../src/ports/fault.ts';
import { eventFeedContract } from '../../contracts/event-feed.ts';
import { inOrder, Reader, sampleEvents } from '../../contracts/event-feed/feed-world.ts';
import type { RunningServer } from '../../support/servers/running-server.ts';
import { startKafka } from '../../support/servers/servers.ts';

let kafka: RunningServer;
beforeAll(async () => {
  kafka = await startKafka();
});
afterAll(() => kafka.stop());

const CLIENTS = { kafkajs: KafkaEventFeed, platformatic: PlatformaticEventFeed };
type Client = keyof typeof CLIENTS;
const clients = Object.keys(CLIENTS) as Client[];

const openBy = (client: Client, topic = `feed-${randomUUID()}`, partitions = 4): Promise<EventFeed> =>
  CLIENTS[client].open({
    brokers: kafka.url.split(','),
    topic,
    partitions,
    copies: -1,
    retentionHours: 24,
  });

for (const client of clients) eventFeedContract(`on Kafka by ${client}`, () => openBy(client));

describe.each(clients)('the event feed on Kafka by %s', (client) => {
  const open = openBy.bind(null, client);

  it('writes CloudEvents 1.0 in binary mode, keyed by stream', async () => {
    const topic = `feed-${randomUUID()}`;
    const feed = await open(topic);
    const publisher = await feed.openPublisher();
    const [event] = sampleEvents(1);
    await publisher.publish([event!], 'first-event@1');
    const messages: { key: string; value: string; headers: Record<string, string> }[] = [];
    const consumer = new Kafka({ brokers: kafka.url.split(','), logLevel: logLevel.NOTHING }).consumer({
      groupId: randomUUID(),
      maxWaitTimeInMs: 200,
    });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => {
        const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
        messages.push({
          key: String(message.key),
          value: String(message.value),
          headers: Object.fromEntries(headers) as Record<string, string>,
        });
        return Promise.resolve();
      },
    });
    await expect.poll(() => messages.length).toBe(1);
    const { metadata } = event!;
    expect(messages).toEqual([
      {
        key: event!.stream,
        value: JSON.stringify(event!.data),
        headers: {
          'content-type': 'application/json',
          ce_specversion: '1.0',
          ce_id: event!.id,
          ce_source: '/fairseat/first-event@1',
          ce_type: 'SeatsHeld',
          ce_subject: event!.stream,
          ce_time: metadata.at,
          ce_position: '1',
          ce_revision: '0',
          ce_actor: metadata.actor,
          ce_commandid: metadata.commandId,
          ce_requesthash: metadata.requestHash,
          ce_correlationid: metadata.correlationId,
          ce_causationid: metadata.causationId,
        },
      },
    ]);
    await consumer.disconnect();
    await publisher.close();
    await feed.close();
  });

  it('takes a topic as it is, also one that two processes make at once', async () => {
    const topic = `feed-${randomUUID()}`;
    const feeds = await Promise.all([open(topic, 3), open(topic, 3), open(topic, 3)]);
    expect(feeds.map((feed) => feed.partitions)).toEqual([3, 3, 3]);
    const later = await open(topic, 8);
    expect(later.partitions).toBe(3);
    await Promise.all([...feeds, later].map((feed) => feed.close()));
  });

  it('leaves out, and tells of, what is no event', async () => {
    const topic = `feed-${randomUUID()}`;
    const feed = await open(topic, 1);
    const producer = new Kafka({ brokers: kafka.url.split(','), logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'x', value: 'not an event' }] });
    await producer.disconnect();
    const publisher = await feed.openPublisher();
    const events = sampleEvents(3, 1);
    await publisher.publish(events);
    const reader = new Reader(feed, 'all');
    await reader.has(3);
    expect(reader.events).toEqual(events);
    expect(String(reader.problems[0])).toContain('is no event of Fairseat');
    await reader.stop();
    await publisher.close();
    await feed.close();
  });

  it('gives no partition to a member that follows another topic under the same group', async () => {
    const [feed, elsewhere] = [await open(), await open()];
    const stranger = new Reader(elsewhere, 'shared');
    await stranger.joined(4);
    const reader = new Reader(feed, 'shared');
    await reader.joined(4);
    const publisher = await feed.openPublisher();
    await publisher.publish(sampleEvents(40));
    await reader.has(40);
    expect(stranger.events).toEqual([]);
    await Promise.all([reader.stop(), stranger.stop(), publisher.close()]);
    await Promise.all([feed.close(), elsewhere.close()]);
  });

  it('says by a Fault that no broker answers', async () => {
    const nowhere = { topic: 't', partitions: 1, copies: -1, retentionHours: 1, brokers: ['127.0.0.1:1'] };
    await expect(CLIENTS[client].open(nowhere)).rejects.toThrow(Fault);
  });
});

it.each([
  { first: 'kafkajs', second: 'platformatic' },
  { first: 'platformatic', second: 'kafkajs' },
] as const)(
  'a member by $second takes its share beside one by $first, and what that leaves',
  async ({ first, second }) => {
    const topic = `feed-${randomUUID()}`;
    const feeds = [await openBy(first, topic), await openBy(second, topic)] as const;
    const kept = new Map<number, number>();
    const one = new Reader(feeds[0], 'shared', kept);
    await one.joined(4);
    const two = new Reader(feeds[1], 'shared', kept);
    await two.joined(2);
    await one.joined(2);
    const publisher = await feeds[1].openPublisher();
    const events = sampleEvents(100, 20);
    await publisher.publish(events.slice(0, 50));
    await expect.poll(() => one.events.length + two.events.length).toBe(50);
    await one.stop();
    await two.joined(4);
    await publisher.publish(events.slice(50));
    await expect.poll(() => one.events.length + two.events.length).toBe(100);
    expect(inOrder([...one.events, ...two.events])).toEqual(events);
    await two.stop();
    await publisher.close();
    await Promise.all(feeds.map((feed) => feed.close()));
  },
);
