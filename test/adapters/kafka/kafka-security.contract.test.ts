// A real broker that speaks TLS and wants to know who is there.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KafkaEventFeed, type KafkaSecurity } from '../../../src/adapters/kafka/kafka-event-feed.ts';
import { PlatformaticEventFeed } from '../../../src/adapters/platformatic-kafka/platformatic-event-feed.ts';
import type { EventFeed } from '../../../src/ports/event-feed.ts';
import { loadConfig } from '../../../src/config.ts';
import { openFeed } from '../../../src/profiles/distributed-adapters.ts';
import type { Ends } from '../../../src/profiles/running.ts';
import { inOrder, Reader, sampleEvents } from '../../contracts/event-feed/feed-world.ts';
import type { RunningServer } from '../../support/servers/running-server.ts';
import { startKafka } from '../../support/servers/servers.ts';

const file = (name: string): string => path.resolve(import.meta.dirname, '../../fixtures/tls', name);
const ca = readFileSync(file('loopback-cert.pem'), 'utf8');
/** As a file of properties takes it. */
const onOneLine = (pem: string): string => pem.trim().replaceAll('\n', '\\n');
const sasl = { mechanism: 'plain', username: 'fairseat', password: 'of-no-value' } as const;

let kafka: RunningServer;
beforeAll(async () => {
  const user = `username="${sasl.username}" password="${sasl.password}"`;
  kafka = await startKafka({
    settings: {
      'listener.security.protocol.map': 'PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.key': onOneLine(readFileSync(file('loopback-key.pem'), 'utf8')),
      'ssl.keystore.certificate.chain': onOneLine(ca),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': onOneLine(ca),
      'sasl.enabled.mechanisms': 'PLAIN',
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'listener.name.plaintext.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${user} user_${sasl.username}="${sasl.password}";`,
    },
  });
});
afterAll(() => kafka?.stop());

const CLIENTS = { kafkajs: KafkaEventFeed, platformatic: PlatformaticEventFeed };
const clients = ['kafkajs', 'platformatic'] as const;

const open = (client: keyof typeof CLIENTS, security: KafkaSecurity): Promise<EventFeed> =>
  CLIENTS[client].open({
    brokers: kafka.url.split(','),
    topic: `feed-${randomUUID()}`,
    partitions: 2,
    copies: -1,
    retentionHours: 24,
    ...security,
  });

it.each(clients)(
  'is published to and read by who shows the name and password of the settings, by %s',
  async (client) => {
    const ends: Ends = [];
    const settings = {
      PROFILE: 'distributed',
      KAFKA_BROKERS: kafka.url,
      KAFKA_CLIENT: client,
      KAFKA_TOPIC: `feed-${randomUUID()}`,
      KAFKA_TLS: 'on',
      KAFKA_TLS_CA_FILE: file('loopback-cert.pem'),
      KAFKA_SASL: sasl.mechanism,
      KAFKA_SASL_USERNAME: sasl.username,
      KAFKA_SASL_PASSWORD: sasl.password,
    };
    const feed = await openFeed(loadConfig(settings), ends);
    const publisher = await feed.openPublisher();
    const events = sampleEvents(20);
    await publisher.publish(events);
    await publisher.close();
    const reader = new Reader(feed, randomUUID());
    await reader.has(events.length);
    expect(inOrder(reader.events)).toEqual(events);
    await reader.stop();
    await ends[0]!();
  },
);

it.each(clients)('is away for everybody else, by %s', async (client) => {
  const away = { code: 'EventFeedUnavailable' };
  await expect(open(client, { tls: true, ca, sasl: { ...sasl, password: 'another' } })).rejects.toMatchObject(
    away,
  );
  await expect(open(client, { tls: true, sasl })).rejects.toMatchObject(away);
  await expect(open(client, { tls: true, ca })).rejects.toMatchObject(away);
});
