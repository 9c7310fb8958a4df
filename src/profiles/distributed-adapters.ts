// What the distributed profile stands on: the log in EventStoreDB, or in Postgres where none is given, and the feed on Kafka.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { openEventStoreDb } from '../adapters/eventstoredb/eventstoredb.ts';
import {
  KafkaEventFeed,
  lookAtTopic,
  type KafkaFeedOptions,
  type KafkaSecurity,
} from '../adapters/kafka/kafka-event-feed.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { PostgresEventLog } from '../adapters/postgres/postgres-event-log.ts';
import { PostgresSnapshotStore } from '../adapters/postgres/postgres-snapshot-store.ts';
import type { Config } from '../config.ts';
import type { EventFeed, FeedOffsets } from '../ports/event-feed.ts';
import { Fault } from '../ports/fault.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { PartitionFeed } from '../projections/partition-feed.ts';
import type { EngineAdapters } from './engine.ts';
import type { Ends } from './running.ts';

const SNAPSHOT_CONNECTIONS_MAX = 2;
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\]):/;

/** The log and what is beside it; connects when it is first used. */
export function openLog(config: Config, url: string, ends: Ends): EngineAdapters {
  if (config.eventstoreUrl !== undefined) return openEventStoreDb(config.eventstoreUrl);
  const database = openDatabase(url, { poolMax: SNAPSHOT_CONNECTIONS_MAX });
  ends.push(() => database.close());
  return { log: new PostgresEventLog(url), snapshots: new PostgresSnapshotStore(database.db) };
}

/** Refuses brokers that do not answer: whoever starts a process sees it at once, and starts it again. */
export async function openFeed(config: Config, ends: Ends): Promise<EventFeed> {
  try {
    const adapter = await adapterOf(config);
    const feed = await adapter.open(kafkaOf(config));
    ends.push(() => feed.close());
    return feed;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new StartRefused(
      `KAFKA_BROKERS names brokers that cannot be used (${error.message}); see that they run, and take what the other KAFKA_ settings say.`,
    );
  }
}

/** Where each partition of the topic ends, which is not made; none: it is not there. Throws a Fault when no broker answers. */
export const lookAtFeed = async (config: Config): Promise<FeedOffsets> => lookAtTopic(kafkaOf(config));

const kafkaOf = (config: Config): KafkaFeedOptions => ({
  brokers: config.kafkaBrokers,
  topic: config.kafkaTopic,
  partitions: config.kafkaPartitions,
  copies: config.kafkaReplication === 0 ? -1 : config.kafkaReplication,
  retentionHours: config.kafkaRetentionHours,
  ...securityOf(config),
});

/** Loaded where it is wanted. */
async function adapterOf({
  kafkaClient,
}: Config): Promise<{ open(options: KafkaFeedOptions): Promise<EventFeed> }> {
  if (kafkaClient === 'kafkajs') return KafkaEventFeed;
  return (await import('../adapters/platformatic-kafka/platformatic-event-feed.ts')).PlatformaticEventFeed;
}

function securityOf(config: Config): KafkaSecurity {
  const { kafkaTls: tls, kafkaTlsCaFile, kafkaSasl: mechanism } = config;
  return {
    tls,
    ...(kafkaTlsCaFile !== '' && { ca: pemOf(kafkaTlsCaFile) }),
    ...(mechanism !== 'off' && {
      sasl: { mechanism, username: config.kafkaSaslUsername, password: config.kafkaSaslPassword! },
    }),
  };
}

function pemOf(file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartRefused(`KAFKA_TLS_CA_FILE cannot be read (${(error as Error).message}).`);
  }
  // Node itself would take it, and trust nobody.
  if (!isCertificate(pem))
    throw new StartRefused(
      `KAFKA_TLS_CA_FILE names ${file}, which holds no certificate in PEM (-----BEGIN CERTIFICATE-----).`,
    );
  return pem;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== null;
  } catch {
    return false;
  }
}

/** `sells`: the process takes commands as well, for which views stand back; alone there is nobody to stand back for. */
export const fedBy =
  (feed: EventFeed, sells: boolean): EngineAdapters['viewFeed'] =>
  (ports) =>
    new PartitionFeed(feed, sells ? ports : { ...ports, isPressed: undefined });

/** Who listens between this process and its brokers learns the password then; a tunnel or side car has its end here. */
export function warnOfClearPassword(config: Config, logger: Logger): void {
  const clear = config.kafkaSasl === 'plain' && !config.kafkaTls;
  if (clear && !config.kafkaBrokers.every((broker) => LOOPBACK.test(broker)))
    logger.warn(
      'KAFKA_SASL is plain and KAFKA_TLS is off: the password goes to the brokers in clear text; set KAFKA_TLS to on.',
    );
}

export const warnOfPostgresLog = (config: Config, logger: Logger): void => {
  if (config.eventstoreUrl === undefined)
    logger.warn('EVENTSTORE_URL is not set: the event log is kept in Postgres.');
};
