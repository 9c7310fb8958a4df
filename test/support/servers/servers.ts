// The servers of a suite, in this order: an address that the environment gives; a container where an engine answers; else
// the real thing from Maven's jars, or the stand-in for EventStoreDB, of which there are none. Whatever it is, the run's report tells it by name and version.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { VERSION } from '../eventstoredb/stand-in-node.ts';
import { startStandIn } from '../eventstoredb/stand-in.ts';
import {
  engineAnswers,
  eventStoreInContainer,
  kafkaInContainer,
  openSearchInContainer,
} from './containers.ts';
import { kafkaFromJars, type KafkaOptions } from './kafka-jars.ts';
import { HEAP_MB, openSearchFromJars } from './opensearch-jars.ts';
import { noteServer } from './report.ts';
import { givenServer, type RunningServer } from './running-server.ts';

/** Call `stop` in `afterAll`. Brokers that are killed, or set otherwise than usual, are always of our own. */
export async function startKafka(options: KafkaOptions & { killed?: boolean } = {}): Promise<RunningServer> {
  const given = process.env['TEST_KAFKA_BROKERS'];
  const special = options.killed === true || (options.brokers ?? 1) > 1 || options.settings !== undefined;
  if (special) return noteServer(await kafkaFromJars(options));
  if (given) return noteServer(givenServer('Kafka', 'TEST_KAFKA_BROKERS', given, '(not asked)'));
  return noteServer(await ((await engineAnswers()) ? kafkaInContainer() : kafkaFromJars(options)));
}

export async function startOpenSearch({ killed = false, heapMb = HEAP_MB } = {}): Promise<RunningServer> {
  const given = process.env['TEST_OPENSEARCH_URL'];
  if (killed) return noteServer(await openSearchFromJars(heapMb));
  if (given)
    return noteServer(givenServer('OpenSearch', 'TEST_OPENSEARCH_URL', given, await versionAt(given)));
  return noteServer(
    await ((await engineAnswers()) ? openSearchInContainer(heapMb) : openSearchFromJars(heapMb)),
  );
}

/** A stand-in where neither is: no package client fetches the real one. */
export async function startEventStore(): Promise<RunningServer> {
  const given = process.env['EVENTSTORE_URL'];
  if (given) return noteServer(givenServer('EventStoreDB', 'EVENTSTORE_URL', given, '(not asked)'));
  return noteServer(await ((await engineAnswers()) ? eventStoreInContainer() : standIn()));
}

async function standIn(): Promise<RunningServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fairseat eventstore '));
  const running = await startStandIn({ folder });
  return {
    name: 'EventStoreDB',
    version: VERSION,
    origin: 'a STAND-IN that speaks its protocol',
    url: running.url,
    nodes: [],
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function versionAt(url: string): Promise<string> {
  const answer = (await (await fetch(url)).json()) as { version?: { number?: string } };
  return answer.version?.number ?? 'of unknown version';
}
