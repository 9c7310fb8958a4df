// The settings: environment (and .env) -> one typed, validated object.
// This table is the only place a setting is written: its type, docs/settings.md and .env.example come from it.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { closestMatch } from 'leven';
import { StartRefused } from './ports/start-refused.ts';
import {
  brokerList,
  eventStoreUrl,
  feedList,
  hostName,
  indexName,
  integer,
  onOff,
  oneOf,
  originList,
  postgresUrl,
  printableKey,
  text,
  topicName,
  webUrlList,
} from './setting.ts';
import type { Setting } from './setting.ts';

const settings = {
  PROFILE: oneOf(['embedded', 'distributed'], {
    default: 'embedded',
    what:
      'Which adapters serve: `embedded` is one process with a Postgres of its own; in `distributed` the log is in ' +
      'EventStoreDB, events go through Kafka, and the roles may run as processes of their own.',
  }),
  HOST: hostName({ default: '127.0.0.1', what: 'Address the HTTP server listens on.' }),
  PORT: integer(0, 65_535, {
    default: '3000',
    what: 'Port of the HTTP server; `0` takes a free one and prints it.',
  }),
  DATA_DIR: text({
    default: './data',
    may: 'a path, made where it is missing; relative ones start at the working directory',
    what: 'Folder of the embedded Postgres and of files. One folder serves one process at a time.',
  }),
  DATABASE_URL: postgresUrl({
    what: 'A Postgres 15 or newer to use in place of the embedded one.',
  }),
  DATABASE_READ_URL: postgresUrl({
    what: 'A read replica of it for queries; a read that must have seen a command waits for it. Distributed only.',
  }),
  EVENTSTORE_URL: eventStoreUrl({
    what: 'The EventStoreDB that holds the log in the distributed profile. Without it the log is in Postgres there too.',
  }),
  KAFKA_BROKERS: brokerList({
    default: '',
    what: 'Brokers through which events reach the views in the distributed profile, which needs them.',
  }),
  KAFKA_CLIENT: oneOf(['kafkajs', 'platformatic'], {
    default: 'kafkajs',
    what: 'Which client speaks to the brokers: kafkajs, or @platformatic/kafka, which takes less of the processor.',
  }),
  KAFKA_TOPIC: topicName({
    default: 'fairseat.events',
    what: 'Topic of the events, of one engine only; made when it is missing. To change it, stop every process and run `fairseat projections forget`.',
  }),
  KAFKA_PARTITIONS: integer(1, 1_000, {
    default: '12',
    what: 'Partitions of a topic that is made: at most so many projectors share the work. It cannot be changed later.',
  }),
  KAFKA_REPLICATION: integer(0, 15, {
    default: '0',
    what: 'Copies of each partition of a topic that is made; `0`: as the brokers say.',
  }),
  KAFKA_RETENTION_HOURS: integer(1, 876_000, {
    default: '168',
    what: 'How long a topic that is made keeps events. A view that lacks older ones reads them from the log.',
  }),
  KAFKA_TLS: onOff({ default: 'off', what: 'Whether the brokers are spoken to over TLS.' }),
  KAFKA_TLS_CA_FILE: text({
    default: '',
    may: 'the path of a PEM file',
    what: 'Who vouches for the brokers under `KAFKA_TLS`, where the authorities that Node knows do not.',
  }),
  KAFKA_SASL: oneOf(['off', 'plain', 'scram-sha-256', 'scram-sha-512'], {
    default: 'off',
    what: 'How this process says to the brokers who it is. `plain` sends the password as it is: only with `KAFKA_TLS`.',
  }),
  KAFKA_SASL_USERNAME: text({ default: '', may: 'a name', what: 'Under which name, with `KAFKA_SASL`.' }),
  KAFKA_SASL_PASSWORD: printableKey(1, { what: 'The password of that name.' }),
  OPENSEARCH_URL: webUrlList({
    what: 'Nodes of the OpenSearch that answers searches in the distributed profile. Without it Postgres answers them there too.',
  }),
  OPENSEARCH_INDEX: indexName({
    default: 'fairseat-events',
    what: 'Name of the search index, of one engine only; several may share a cluster, each with another.',
  }),
  SEARCH_FALLBACK: oneOf(['off', 'postgres'], {
    default: 'off',
    what: 'What answers searches while OpenSearch is away: nothing (503 with `Retry-After`), or the views in Postgres.',
  }),
  ADMIN_API_KEY: printableKey(16, {
    what: 'A key with every right. Without it one is made at the first start and shown once; only its hash is stored.',
  }),
  DEMO_DATA: onOff({ default: 'on', what: 'Whether an empty engine is filled with demo data.' }),
  RATE_LIMIT: onOff({ default: 'on', what: 'Whether requests are limited; `off` is for benchmarks.' }),
  RATE_LIMIT_PER_KEY: integer(1, 100_000_000, {
    default: '60000',
    what: 'Requests per minute that one API key may send.',
  }),
  RATE_LIMIT_PER_ADDRESS: integer(1, 100_000_000, {
    default: '12000',
    what: 'Requests per minute that one address may send without a key.',
  }),
  TRUST_PROXY: onOff({
    default: 'off',
    what: 'Whether `X-Forwarded-For` tells the address of a client: its last entry, as the one proxy in front wrote it. Only `on` behind such a proxy.',
  }),
  CORS_ORIGINS: originList({
    default: '',
    what: 'Web origins whose pages may call the API from a browser. None by default.',
  }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    what: 'How much is logged; JSON lines when not on a terminal.',
  }),
  FEEDS: feedList({
    default: '[]',
    what:
      'Outside feeds imported on a schedule: `{ name, adapter, url, cron, timeZone?, currency? }`. ' +
      '`timeZone` (default `Europe/Madrid`) holds for the cron and for local times in the feed, ' +
      '`currency` (default `EUR`) for its prices.',
  }),
  FEEDS_ALLOW_PRIVATE: onOff({
    default: 'off',
    what: 'Whether scheduled feeds may be fetched from loopback, private and link-local addresses.',
  }),
  STATE_CACHE_MB: integer(16, 1_048_576, {
    default: '512',
    what: 'Memory, in MB, for the states of shows kept between commands.',
  }),
  QUEUE_SIZE_MAX: integer(1, 1_000_000, {
    default: '20000',
    what: 'Commands that may wait for one show; above it the answer is 503 with `Retry-After`.',
  }),
  SHUTDOWN_MS: integer(100, 60_000, {
    default: '10000',
    what: 'Milliseconds a stop may take to finish what was begun before it ends the process.',
  }),
} as const satisfies Record<string, Setting<unknown>>;

/** A setting that does nothing where the other one is off: who gives it believes that it is in force. */
const COMPANIONS = [
  ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS'],
  ['KAFKA_SASL_USERNAME', 'KAFKA_SASL'],
  ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL'],
] as const satisfies readonly (readonly (keyof typeof settings)[])[];

type Settings = typeof settings;
type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<S>;

/** Every setting under its camelCase name; `dataDir` is absolute. */
export type Config = {
  readonly [N in keyof Settings as CamelCase<N>]: Settings[N] extends Setting<infer T> ? T : never;
};

export interface SettingSource {
  readonly variable: string;
  /** As it was written, or the default; secrets are masked; undefined when there is neither. */
  readonly value: string | undefined;
  readonly source: 'default' | 'environment' | '.env';
}

/**
 * Reads every setting out of `env`; an empty variable counts as unset.
 * Throws one StartRefused that names every bad variable, what it holds and what it may hold.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const complaints: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [variable, setting] of Object.entries<Setting<unknown>>(settings)) {
    const written = writtenIn(env, variable);
    const read = setting.read(written ?? setting.default);
    if ('problem' in read) complaints.push(complaint(variable, setting, written ?? '', read.problem));
    else config[camelCase(variable)] = read.value;
  }
  if (config['profile'] === 'distributed' && (config['kafkaBrokers'] as string[] | undefined)?.length === 0)
    complaints.push(
      'PROFILE is "distributed", which needs KAFKA_BROKERS; it may hold host:port, several separated by commas.',
    );
  if (config['kafkaSasl'] !== 'off' && !(config['kafkaSaslUsername'] && config['kafkaSaslPassword']))
    complaints.push('KAFKA_SASL is set, which needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.');
  for (const [variable, companion] of COMPANIONS)
    if (config[camelCase(variable)] && isOff(config[camelCase(companion)]))
      complaints.push(
        `${variable} is set, which does nothing while ${companion} is off; set ${companion} as well, or leave ${variable} out.`,
      );
  if (complaints.length > 0) throw new StartRefused(complaints.join('\n'));
  config['dataDir'] = resolve(String(config['dataDir']));
  return config as Config;
}

/** `env` with what `.env` in `folder` adds: a variable of the environment wins over the file, as in Node itself. */
export function withEnvFile(env: NodeJS.ProcessEnv, folder = process.cwd()): NodeJS.ProcessEnv {
  const merged = { ...readEnvFile(folder) };
  for (const [name, value] of Object.entries(env)) if (value !== undefined) merged[name] = value;
  return merged;
}

/** For each setting its value and where that came from, for the `doctor` command; secrets are masked. */
export function settingSources(env: NodeJS.ProcessEnv, folder = process.cwd()): SettingSource[] {
  const file = readEnvFile(folder);
  return Object.entries<Setting<unknown>>(settings).map(([variable, setting]) => {
    const ofEnvironment = env[variable] === undefined ? undefined : (writtenIn(env, variable) ?? '');
    const written = ofEnvironment ?? writtenIn(file, variable);
    if (written === undefined || written === '')
      return { variable, value: setting.default || undefined, source: 'default' };
    return {
      variable,
      value: setting.show(written),
      source: ofEnvironment === undefined ? '.env' : 'environment',
    };
  });
}

/**
 * A sentence for each variable of `env` that no setting reads and that looks like one with a slip in it: what it holds does
 * nothing. Where the setting itself is there too, the other is somebody else's.
 */
export function mistypedSettings(env: NodeJS.ProcessEnv): string[] {
  const unset = Object.keys(settings).filter((variable) => writtenIn(env, variable) === undefined);
  return Object.keys(env).flatMap((name) => {
    if (name in settings || writtenIn(env, name) === undefined) return [];
    const meant =
      closestMatch(name, unset, { maxDistance: slipsIn(name) }) ??
      unset.find((variable) => isSwapped(name, variable));
    return meant === undefined
      ? []
      : [`${name} is set, which is no setting and does nothing; did you mean ${meant}?`];
  });
}

/** A short name is soon like another: HOME is no HOST. */
const slipsIn = (name: string): number => (name.length < 5 ? 0 : name.length < 10 ? 1 : 2);

/** Two letters side by side exchanged: one slip, which is two of those. */
function isSwapped(name: string, variable: string): boolean {
  const at = Array.from(name).findIndex((letter, i) => letter !== variable[i]);
  return at >= 0 && `${name.slice(0, at)}${name[at + 1]}${name[at]}${name.slice(at + 2)}` === variable;
}

/** The table itself, in order, for the generated documentation. */
export function documentedSettings(): (Setting<unknown> & { variable: string })[] {
  return Object.entries<Setting<unknown>>(settings).map(([variable, setting]) => ({ variable, ...setting }));
}

function writtenIn(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const written = env[variable]?.trim();
  return written === '' ? undefined : written;
}

function readEnvFile(folder: string): NodeJS.Dict<string> {
  try {
    // Some editors begin a file with a byte order mark, which is no part of the first name.
    return parseEnv(readFileSync(resolve(folder, '.env'), 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new StartRefused(`.env in ${folder} cannot be read: ${(error as Error).message}`);
  }
}

function complaint(variable: string, setting: Setting<unknown>, written: string, problem: string): string {
  const holds = setting.secret ? 'holds a value that is not shown here' : `holds ${JSON.stringify(written)}`;
  return `${variable} ${holds}${problem ? ` (${problem})` : ''}; it may hold ${setting.may}.`;
}

const isOff = (value: unknown): boolean => value === false || value === 'off';

function camelCase(variable: string): string {
  return variable.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
