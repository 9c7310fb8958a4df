// `npm run servers`: the servers of the distributed profile on this machine. Prints their addresses as NAME=value lines,
// then READY, and runs until it is stopped. Arguments name some of them: `npm run servers kafka postgres`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-server.ts';
import type { RunningServer } from './running-server.ts';
import { startEventStore, startKafka, startOpenSearch } from './servers.ts';

const starters: Readonly<Record<string, () => Promise<readonly [variable: string, server: RunningServer]>>> =
  {
    postgres: async () => ['DATABASE_URL', await startPostgres()],
    kafka: async () => ['KAFKA_BROKERS', await startKafka()],
    eventstore: async () => ['EVENTSTORE_URL', await startEventStore()],
    opensearch: async () => ['OPENSEARCH_URL', await startOpenSearch()],
  };

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => starters[name] === undefined);
if (unknown !== undefined) {
  console.error(`servers: there is no ${unknown}; there are ${Object.keys(starters).join(', ')}.`);
  process.exit(1);
}

const running: RunningServer[] = [];
let stopping: Promise<void> | null = null;
const stop = (): Promise<void> =>
  (stopping ??= (async () => {
    await Promise.allSettled(starting);
    await Promise.all(running.map((server) => server.stop()));
  })());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => void stop().then(() => process.exit(0)));

const starting = Object.entries(starters)
  .filter(([name]) => wanted.length === 0 || wanted.includes(name))
  .map(async ([, start]) => {
    const [variable, server] = await start();
    running.push(server);
    return { variable, server };
  });

try {
  const started = await Promise.all(starting);
  if (stopping === null) {
    for (const { server } of started) console.error(`${server.name} ${server.version}, ${server.origin}`);
    for (const { variable, server } of started) console.log(`${variable}=${server.url}`);
    console.log('READY');
  }
} catch (error) {
  console.error(`servers: ${(error as Error).message}`);
  await stop();
  process.exit(1);
}

async function startPostgres(): Promise<RunningServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'fairseat-postgres-'));
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    log: (message) => console.error(message),
    settings: { max_connections: '200' },
  });
  return {
    name: 'Postgres',
    version: '18',
    origin: 'embedded',
    url: postgres.url,
    nodes: [],
    stop: async () => {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
