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
const named = { username: 'fairseat', password: 'of-no-value' };
const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

let kafka: RunningServer;
beforeAll(async () => {
  const { username, password } = named;
  const user = `username="${username}" password="${password}"`;
  const module = 'org.apache.kafka.common.security';
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
  kafka = await startKafka({
    scram: scram.map((mechanism) => `${mechanism}=[name=${username},password=${password}]`),
    settings: {
      'listener.security.protocol.map': 'PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.key': onOneLine(readFileSync(file('loopback-key.pem'), 'utf8')),
      'ssl.keystore.certificate.chain': onOneLine(ca),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': onOneLine(ca),
      'sasl.enabled.mechanisms': ['PLAIN', ...scram].join(),
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'listener.name.plaintext.plain.sasl.jaas.config': `${module}.plain.PlainLoginModule required ${user} user_${username}="${password}";`,
      ...Object.fromEntries(
        scram.map((mechanism) => [
          `listener.name.plaintext.${mechanism.toLowerCase()}.sasl.jaas.config`,
          `${module}.scram.ScramLoginModule required;`,
        ]),
      ),
    },
  });
});
afterAll(() => kafka?.stop());

const CLIENTS = { kafkajs: KafkaEventFeed, platformatic: PlatformaticEventFeed };
const clients = ['kafkajs', 'platformatic'] as const;
const ways = clients.flatMap((client) => mechanisms.map((mechanism) => ({ client, mechanism })));

const open = (client: keyof typeof CLIENTS, security: KafkaSecurity): Promise<EventFeed> =>
  CLIENTS[client].open({
    brokers: kafka.url.split(','),
    topic: `feed-${randomUUID()}`,
    partitions: 2,
    copies: -1,
    retentionHours: 24,
    ...security,
  });

it.each(ways)(
  'is published to and read by who shows the name and password of the settings, by $client and $mechanism',
  async ({ client, mechanism }) => {
    const ends: Ends = [];
    const settings = {
      PROFILE: 'distributed',
      KAFKA_BROKERS: kafka.url,
      KAFKA_CLIENT: client,
      KAFKA_TOPIC: `feed-${randomUUID()}`,
      KAFKA_TLS: 'on',
      KAFKA_TLS_CA_FILE: file('loopback-cert.pem'),
      KAFKA_SASL: mechanism,
      KAFKA_SASL_USERNAME: named.username,
      KAFKA_SASL_PASSWORD: named.password,
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

const away = { code: 'EventFeedUnavailable' };

it.each(ways)('is away for a wrong password, by $client and $mechanism', async ({ client, mechanism }) => {
  const sasl = { mechanism, username: named.username, password: 'another' };
  await expect(open(client, { tls: true, ca, sasl })).rejects.toMatchObject(away);
});

it.each(clients)('is away for who trusts nobody or says no name, by %s', async (client) => {
  const sasl = { mechanism: 'plain', ...named } as const;
  await expect(open(client, { tls: true, sasl })).rejects.toMatchObject(away);
  await expect(open(client, { tls: true, ca })).rejects.toMatchObject(away);
});
