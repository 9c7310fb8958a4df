// Where a container engine answers, servers are asked of it. There is none where this was written: what is asked of one, when
// a server counts as started, and that it is stopped again, is proved on an engine in name.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { engineAnswers } from './containers.ts';
import { FakeEngine } from './fake-engine.ts';
import type { RunningServer } from './running-server.ts';
import { startEventStore, startKafka, startOpenSearch } from './servers.ts';

/** The last: what these are must not stand in the run's report. */
const OURS = [
  'DOCKER_HOST',
  'TESTCONTAINERS_RYUK_DISABLED',
  'TEST_KAFKA_BROKERS',
  'TEST_OPENSEARCH_URL',
  'EVENTSTORE_URL',
  'FAIRSEAT_SUITE',
];
const before = OURS.map((name) => [name, process.env[name]] as const);
let engine: FakeEngine;
beforeAll(async () => {
  for (const name of OURS) delete process.env[name];
  const started = await FakeEngine.start('[KafkaRaftServer] Kafka Server started');
  engine = started.engine;
  process.env['DOCKER_HOST'] = started.address;
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  expect(await engineAnswers()).toBe(true);
});
afterAll(() => {
  engine.stop();
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly image: string; readonly environment: Readonly<Record<string, string | number>> }
    >
  >;
}
const compose = parse(
  readFileSync(path.resolve(import.meta.dirname, '../../../docker-compose.yml'), 'utf8'),
  { merge: true },
) as Compose;

/** Starts and stops it; gives what was asked of the engine, and the port on this machine. */
async function inContainer(start: () => Promise<RunningServer>) {
  const server = await start();
  expect(engine.running).toBe(1);
  const { Image, Env, HostConfig } = engine.created.at(-1)!;
  expect(server.origin).toBe(`in a container of ${Image}`);
  await server.stop();
  expect(engine.running).toBe(0);
  const [[inside, [binding]]] = Object.entries(HostConfig.PortBindings) as [[string, [{ HostPort: string }]]];
  return { server, image: Image, environment: Env, inside, port: binding.HostPort };
}

test('EventStoreDB is a container of the image of the Compose files, set as they set it', async () => {
  const { server, image, environment, inside, port } = await inContainer(startEventStore);
  const { eventstore } = compose.services;
  expect(image).toBe(eventstore!.image);
  const set = Object.entries(eventstore!.environment).map(([name, value]) => `${name}=${value}`);
  expect(environment.toSorted()).toEqual(set.toSorted());
  expect([inside, server.url]).toEqual(['2113/tcp', `esdb://127.0.0.1:${port}?tls=false`]);
});

test('Kafka is one, and tells its clients the port of this machine', async () => {
  const { server, image, environment, inside, port } = await inContainer(() => startKafka());
  expect(image).toBe(compose.services['kafka']!.image);
  expect(environment).toContain(`KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:${port}`);
  expect([inside, server.url]).toEqual([`${port}/tcp`, `127.0.0.1:${port}`]);
});

test('OpenSearch is one', async () => {
  const { server, image, environment, inside, port } = await inContainer(() => startOpenSearch());
  expect(image).toBe(compose.services['opensearch']!.image);
  expect(environment).toContain(`http.port=${port}`);
  expect([inside, server.url]).toEqual([`${port}/tcp`, `http://127.0.0.1:${port}`]);
});
