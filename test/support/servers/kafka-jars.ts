// Real Kafka brokers (KRaft) from Maven's jars on the machine's Java: one, or a cluster of several.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';
import { jarsOf, versionIn } from './jars.ts';
import { javaOf } from './java.ts';
import type { RestartableNode, RunningServer } from './running-server.ts';
import { ServerProcess } from './server-process.ts';

const JAVA_MIN = 17;
const HEAP = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const LOGGING = `rootLogger.level=info
rootLogger.appenderRef.c.ref=c
appender.c.type=Console
appender.c.name=c
appender.c.layout.type=PatternLayout
appender.c.layout.pattern=%d %p %c{1} %m%n
`;

export interface KafkaOptions {
  readonly brokers?: number;
  /** Broker settings beside or in place of the usual ones. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Credentials stored from the start, as its storage tool takes them: `SCRAM-SHA-256=[name=…,password=…]`. */
  readonly scram?: readonly string[];
}

/** Starts the brokers and resolves when all of them serve: 5 to 8 s for one, 350 MB each. */
export async function kafkaFromJars({
  brokers = 1,
  settings = {},
  scram = [],
}: KafkaOptions = {}): Promise<RunningServer> {
  const [java, jars, ports] = [await javaOf(JAVA_MIN), await jarsOf('kafka'), await freePorts(brokers * 2)];
  const folder = mkdtempSync(path.join(tmpdir(), 'fairseat-kafka-'));
  writeFileSync(path.join(folder, 'log4j2.properties'), LOGGING);
  const run = [...HEAP, `-Dlog4j2.configurationFile=${folder}/log4j2.properties`, '-cp', jars];
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A'); // a leading dash reads as an option
  const nodes: RestartableNode[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    for (let index = 0; index < brokers; index += 1) {
      const file = path.join(folder, `broker-${index + 1}.properties`);
      mkdirSync(path.join(folder, `data-${index + 1}`));
      writeFileSync(file, properties({ ...brokerSettings(index, ports, folder), ...settings }));
      nodes.push(brokerOf(index, java, [...run, 'kafka.Kafka', file], folder, ports[2 * index]!));
    }
    const format = (index: number) => {
      const file = path.join(folder, `broker-${index + 1}.properties`);
      const tool = ['kafka.tools.StorageTool', 'format', '-g', '-t', clusterId, '-c', file];
      tool.push(...scram.flatMap((credential) => ['--add-scram', credential]));
      return promisify(execFile)(java, [...run, ...tool]);
    };
    await Promise.all(nodes.map((_, index) => format(index)));
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await stop();
    throw error;
  }
  const version = versionIn('kafka', 'kafka_2.13');
  return {
    name: 'Kafka',
    version,
    origin: "from Maven's jars",
    url: nodes.map((n) => n.url).join(),
    nodes,
    stop,
  };
}

function brokerOf(
  index: number,
  java: string,
  args: readonly string[],
  folder: string,
  port: number,
): RestartableNode {
  const server = new ServerProcess({
    name: `broker-${index + 1}`,
    program: java,
    args,
    folder,
    isReady: (logged) => logged.includes('Kafka Server started'),
  });
  return {
    url: `127.0.0.1:${port}`,
    get pid() {
      return server.pid;
    },
    start: () => server.start(),
    stop: (signal) => server.stop(signal),
    signal: (signal) => server.signal(signal),
  };
}

const properties = (settings: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

function brokerSettings(
  index: number,
  ports: readonly number[],
  folder: string,
): Record<string, string | number | boolean> {
  const brokers = ports.length / 2;
  const copies = Math.min(3, brokers);
  const inSync = Math.min(2, brokers);
  const [own, controller] = [ports[2 * index]!, ports[2 * index + 1]!];
  const voters = Array.from({ length: brokers }, (_, i) => `${i + 1}@127.0.0.1:${ports[2 * i + 1]}`);
  return {
    'process.roles': 'broker,controller',
    'node.id': index + 1,
    'controller.quorum.voters': voters.join(),
    listeners: `PLAINTEXT://127.0.0.1:${own},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${own}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': path.join(folder, `data-${index + 1}`),
    'auto.create.topics.enable': false,
    // Or each joining of a group costs 3 s.
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed is let in again when its session has ended: 9 s by default.
    'broker.session.timeout.ms': 4_000,
    'broker.heartbeat.interval.ms': 1_000,
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': 4,
  };
}
