// Everything of the distributed profile as processes of its own, each started again when it dies, as a supervisor would:
// three brokers, OpenSearch, the embedded Postgres, the stand-in for EventStoreDB, and two of each role that may be many.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openEventStoreDb } from '../../../src/adapters/eventstoredb/eventstoredb.ts';
import { KafkaEventFeed } from '../../../src/adapters/kafka/kafka-event-feed.ts';
import { openSearch } from '../../../src/adapters/opensearch/opensearch.ts';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-server.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import { Positions } from '../../../src/projections/positions.ts';
import { PROJECTION_NAMES } from '../../../src/projections/projection.ts';
import { clientOf } from '../../api/client.ts';
import { EngineProcess, ADMIN_KEY } from '../../linearizability/world/engine-process.ts';
import { postgresLogged, postgresPids } from '../../linearizability/world/world.ts';
import { VERSION } from '../../support/eventstoredb/stand-in-node.ts';
import { spawnStandIn } from '../../support/eventstoredb/stand-in-process.ts';
import { memoryOf } from '../../support/servers/memory.ts';
import { noOpenSearch } from '../../support/servers/opensearch-here.ts';
import { noteServer } from '../../support/servers/report.ts';
import { startKafka, startOpenSearch } from '../../support/servers/servers.ts';

const PARTITIONS = 6;
const BROKERS = 3;
const STORE_NODES = 3;
const CAUGHT_UP_MS_MAX = 120_000;
const POLL_MS = 50;
const SAID_MAX = 5_000;
/** Every other api process answers searches from Postgres while OpenSearch is away. */
const ROLES: readonly (readonly [role: string, environment?: Record<string, string>])[] = [
  ['relay'],
  ['relay'],
  ['projector'],
  ['projector'],
  ['worker'],
  ['api', { SEARCH_FALLBACK: 'off' }],
  ['api', { SEARCH_FALLBACK: 'postgres' }],
];

export type WholeWorld = Awaited<ReturnType<typeof openWholeWorld>>;

export async function openWholeWorld() {
  const folder = mkdtempSync(path.join(tmpdir(), 'fairseat-whole-'));
  const ends: (() => Promise<unknown> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  };
  try {
    return await open(folder, ends, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

type Ends = (() => Promise<unknown> | void)[];

async function open(folder: string, ends: Ends, stop: () => Promise<void>) {
  const said: string[] = [];
  const hear = (line: string): void => void (said.length < SAID_MAX && said.push(line));
  const servers = await startServers(folder, ends, hear);
  const { kafka, search, postgres, store } = servers;
  const [index, topic] = [`whole-${randomUUID()}`, `whole-${randomUUID()}`];
  const environment = {
    PROFILE: 'distributed',
    DATABASE_URL: postgres.url,
    EVENTSTORE_URL: store.url,
    KAFKA_BROKERS: kafka.url,
    KAFKA_TOPIC: topic,
    KAFKA_PARTITIONS: String(PARTITIONS),
    KAFKA_CLIENT: process.env['TEST_KAFKA_CLIENT'] ?? 'kafkajs',
    OPENSEARCH_INDEX: index,
    ...(search && { OPENSEARCH_URL: search.url }),
  };
  const processes = await startRoles(folder, environment, ends, hear);
  const { log } = openEventStoreDb(store.url);
  const database = openDatabase(postgres.url, { poolMax: 4 });
  const indexed = search && openSearch({ url: search.url, clock: systemClock, alias: index });
  ends.push(() => Promise.all([log.close(), database.close(), indexed?.close()]));
  const positions = new Positions(database.db, systemClock);
  const byRole = (role: string): EngineProcess[] => processes.filter((_, n) => ROLES[n]![0] === role);
  const apis = byRole('api');
  const call = clientOf(() => apis[0]!.url, ADMIN_KEY);
  const world = {
    ...servers,
    environment,
    index,
    processes,
    engines: apis,
    byRole,
    call,
    log,
    db: database.db,
    said,
    logged: postgresLogged(path.join(folder, 'data')),
    postgresPids: () => postgresPids(path.join(folder, 'data')),
    /** What a fault has seen, beside the verdict. */
    seen: {} as Record<string, number | string>,
    openFeed: () =>
      KafkaEventFeed.open({
        brokers: kafka.url.split(','),
        topic,
        partitions: PARTITIONS,
        copies: -1,
        retentionHours: 24,
      }),

    /** Waits until views and index have what is in the log by now; gives how long it took, ms. */
    async caughtUp(): Promise<number> {
      const began = performance.now();
      const goal = await log.lastPosition();
      await until(
        `the views reach ${goal}`,
        async () => (await positions.waitFor(PROJECTION_NAMES, goal, 0)) >= goal,
      );
      if (indexed)
        await until(`the index reaches ${goal}`, async () => (await indexed.index.waitFor(goal, 0)) >= goal);
      return Math.round(performance.now() - began);
    },

    /** MB of each server and role. */
    memory(): Record<string, number | null> {
      const brokers = kafka.nodes.map(({ pid }, n): [string, number | null] => [
        `broker ${n + 1} of ${BROKERS}`,
        memoryOf([pid]),
      ]);
      const roles = processes.map(({ pid }, n): [string, number | null] => [
        `${ROLES[n]![0]} ${n + 1}`,
        memoryOf([pid]),
      ]);
      return {
        ...Object.fromEntries(brokers),
        ...(search && { OpenSearch: memoryOf([search.nodes[0]!.pid]) }),
        Postgres: memoryOf(this.postgresPids()),
        'EventStoreDB (stand-in)': memoryOf([store.pid]),
        ...Object.fromEntries(roles),
      };
    },
    stop,
  };
  if (search)
    await until('a search is answered', async () => (await call('GET', '/v1/events')).status === 200);
  return world;
}

async function startServers(folder: string, ends: Ends, hear: (line: string) => void) {
  const dataDir = path.join(folder, 'data');
  mkdirSync(dataDir);
  const ended = <S extends { stop(): Promise<unknown> }>(server: S): S => {
    ends.push(() => server.stop());
    return server;
  };
  const startStore = async () => {
    const store = await spawnStandIn(path.join(folder, 'store'), STORE_NODES);
    ends.push(() => store.kill());
    return store;
  };
  const starting = [
    startKafka({ brokers: BROKERS, killed: true }).then(ended),
    noOpenSearch === null ? startOpenSearch({ killed: true }).then(ended) : Promise.resolve(null),
    startEmbeddedPostgres({ dataDir, log: hear, settings: { max_connections: '200' } }).then(ended),
    startStore(),
  ] as const;
  await Promise.allSettled(starting); // so that each is ended, whichever fails
  const [kafka, search, postgres, store] = await Promise.all(starting);
  noteServer({ name: 'Postgres', version: '18', origin: 'embedded' });
  noteServer({
    name: 'EventStoreDB',
    version: VERSION,
    origin: 'a STAND-IN that speaks its protocol, three nodes over one log',
  });
  return { kafka, search, postgres, store };
}

async function startRoles(
  folder: string,
  environment: Readonly<Record<string, string>>,
  ends: Ends,
  hear: (line: string) => void,
): Promise<EngineProcess[]> {
  const start = async ([role, own]: (typeof ROLES)[number], n: number): Promise<EngineProcess> => {
    const engine = await EngineProcess.start({
      role,
      environment: { ...environment, ...own },
      databaseUrl: environment['DATABASE_URL']!,
      clockFile: path.join(folder, `clock-${n}`),
      failpoint: () => null,
      onLine: (line) => hear(`${role} ${n + 1}: ${line}`),
    });
    ends.push(() => engine.stop());
    return engine;
  };
  // The first makes the tables and the topic.
  const first = await start(ROLES[0]!, 0);
  const others = ROLES.slice(1).map((role, n) => start(role, n + 1));
  await Promise.allSettled(others);
  return [first, ...(await Promise.all(others))];
}

export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  let said: unknown = null;
  while (performance.now() - began < CAUGHT_UP_MS_MAX) {
    const yes = await holds().catch((error: unknown) => {
      said = error;
      return false;
    });
    if (yes) return;
    await sleep(POLL_MS);
  }
  throw new Error(`It did not come to pass within ${CAUGHT_UP_MS_MAX / 1000} s that ${what}.`, {
    cause: said,
  });
}
