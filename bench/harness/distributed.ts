// The distributed profile for benchmarks: a real Kafka and a real OpenSearch as the tests start them, the STAND-IN for
// EventStoreDB in a process of its own, one Postgres, and the engine's roles, each a process as an operator starts it.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer } from '../../test/support/servers/running-server.ts';
import { startKafka, startOpenSearch } from '../../test/support/servers/servers.ts';
import type { Bench } from './bench.ts';
import { familySeconds, startEngine, startPostgres, startServer } from './processes.ts';
import type { BenchPostgres, Server } from './processes.ts';

/** Of 100,000 documents and bulks of them: with half of it OpenSearch refuses work. */
const OPENSEARCH_HEAP_MB = 1_024;

type Need = 'kafka' | 'opensearch' | 'eventstore';

export interface Distributed {
  readonly postgres: BenchPostgres;
  /** Of whatever runs on the database `engine`. */
  readonly databaseUrl: string;
  /** Topic and index of this run: a server that was given may hold those of others. */
  readonly name: string;
  readonly kafka: RunningServer | null;
  readonly openSearch: RunningServer | null;
  readonly env: Readonly<Record<string, string>>;
  /** One role, or `start` for all of them in one process; ended with everything else. */
  role(role: string, env?: Record<string, string>): Promise<Server>;
  /** Seconds of processor time of the servers and of every role that runs, by name. */
  cpuSeconds(): Record<string, number>;
  stop(): Promise<void>;
}

/** Starts what is needed; null, and said so in the report, where this machine cannot run it. */
export async function startDistributed(
  bench: Bench,
  what: string,
  needs: readonly Need[],
): Promise<Distributed | null> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let end = stops.pop(); end; end = stops.pop()) await end();
  };
  try {
    const postgres = await startPostgres(bench.disk);
    stops.push(() => postgres.stop());
    const databaseUrl = await postgres.database('engine');
    const given = async (need: Need, start: () => Promise<RunningServer>): Promise<RunningServer | null> => {
      if (!needs.includes(need)) return null;
      const server = await start();
      stops.push(() => server.stop());
      return server;
    };
    const kafka = await given('kafka', startKafka);
    const openSearch = await given('opensearch', () => startOpenSearch({ heapMb: OPENSEARCH_HEAP_MB }));
    const eventStore = needs.includes('eventstore') ? await startStandIn() : null;
    if (eventStore) stops.push(() => eventStore.kill());
    const name = `bench-${randomUUID()}`;
    const env = {
      PROFILE: 'distributed',
      KAFKA_TOPIC: name,
      OPENSEARCH_INDEX: name,
      // A role that needs no feed never asks for it.
      KAFKA_BROKERS: kafka?.url ?? '127.0.0.1:9',
      ...(openSearch && { OPENSEARCH_URL: openSearch.url }),
      ...(eventStore && { EVENTSTORE_URL: eventStore.url }),
    };
    const roles = new Map<string, Server>();
    return {
      postgres,
      databaseUrl,
      name,
      kafka,
      openSearch,
      env,
      stop,
      async role(role, more = {}) {
        const server = await startEngine(databaseUrl, { ...env, ...more }, role);
        roles.set(role, server);
        stops.push(() => server.kill());
        return server;
      },
      cpuSeconds: () => ({
        ...Object.fromEntries([...roles].map(([role, server]) => [role, server.cpuSeconds()])),
        Postgres: postgres.cpuSeconds(),
        ...cpuOf('Kafka', kafka),
        ...cpuOf('OpenSearch', openSearch),
        ...(eventStore && { 'the stand-in': eventStore.cpuSeconds() }),
      }),
    };
  } catch (error) {
    await stop();
    const { message } = error as Error;
    if (!/Java|Maven/.test(message)) throw error;
    bench.report.notRun(what, message);
    return null;
  }
}

async function startStandIn(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'fairseat-bench-eventstore-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return startServer(['test/support/eventstoredb/main.ts', '--folder', folder]);
}

/** None of a server that is not ours. */
function cpuOf(name: string, server: RunningServer | null): Record<string, number> {
  const pids = server?.nodes.flatMap(({ pid }) => pid ?? []) ?? [];
  return pids.length === 0 ? {} : { [name]: pids.reduce((sum, pid) => sum + familySeconds(pid), 0) };
}

/** `fairseat search rebuild`, the process that an operator starts; `failed` rejects, `ended` resolves when it is through. */
export function startIndexRebuild(env: Record<string, string>) {
  const child = spawn(process.execPath, ['src/main.mjs', 'search', 'rebuild'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {}); // told where it is raced
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the rebuild ended with ${code}`));
    });
  });
  return { pid: child.pid!, failed, ended };
}

export async function rebuildIndex(env: Record<string, string>): Promise<void> {
  const { failed, ended } = startIndexRebuild(env);
  await Promise.race([failed, ended]);
}
