// Settings: what is read, what is refused and how, and where doctor says a value came from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, mistypedSettings, settingSources, withEnvFile } from '../src/config.ts';

const refusal = (env: NodeJS.ProcessEnv): string => {
  try {
    loadConfig(env);
  } catch (error) {
    expect((error as Error).name).toBe('StartRefused');
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
};

describe('without any variable', () => {
  test('every setting has its documented default', () => {
    expect(loadConfig({})).toEqual({
      profile: 'embedded',
      databaseReadUrl: undefined,
      eventstoreUrl: undefined,
      kafkaBrokers: [],
      kafkaClient: 'kafkajs',
      kafkaTopic: 'fairseat.events',
      kafkaPartitions: 12,
      kafkaReplication: 0,
      kafkaRetentionHours: 168,
      kafkaTls: false,
      kafkaTlsCaFile: '',
      kafkaSasl: 'off',
      kafkaSaslUsername: '',
      kafkaSaslPassword: undefined,
      opensearchUrl: undefined,
      opensearchIndex: 'fairseat-events',
      searchFallback: 'off',
      host: '127.0.0.1',
      port: 3000,
      dataDir: resolve('data'),
      databaseUrl: undefined,
      adminApiKey: undefined,
      demoData: true,
      rateLimit: true,
      rateLimitPerKey: 60_000,
      rateLimitPerAddress: 12_000,
      trustProxy: false,
      corsOrigins: [],
      logLevel: 'info',
      feeds: [],
      feedsAllowPrivate: false,
      stateCacheMb: 512,
      queueSizeMax: 20_000,
      shutdownMs: 10_000,
    });
  });

  test('an empty variable counts as unset', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: ' ' })).toMatchObject({ port: 3000, databaseUrl: undefined });
  });
});

describe('values', () => {
  test('are read into their types', () => {
    const config = loadConfig({
      PORT: '0',
      DATA_DIR: '/var/lib/fair seat',
      DATABASE_URL: 'postgres://u:p@db:5432/tickets',
      DEMO_DATA: 'off',
      CORS_ORIGINS: 'https://a.example, http://localhost:5173',
    });
    expect(config).toMatchObject({
      port: 0,
      dataDir: resolve('/var/lib/fair seat'),
      databaseUrl: 'postgres://u:p@db:5432/tickets',
      demoData: false,
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
    });
  });

  test('feeds take the zone and currency of the provider by default', () => {
    const feed = {
      name: 'nightly',
      adapter: 'provider-xml',
      url: 'https://feeds.example/1.xml',
      cron: '0 3 * * *',
    };
    expect(loadConfig({ FEEDS: JSON.stringify([feed]) }).feeds).toEqual([
      { ...feed, timeZone: 'Europe/Madrid', currency: 'EUR' },
    ]);
  });
});

describe('a bad value is refused with the variable, what it holds and what it may hold', () => {
  test.each([
    [{ PORT: '65536' }, 'PORT holds "65536"; it may hold a whole number from 0 to 65535.'],
    [{ PORT: '80.5' }, 'PORT holds "80.5"; it may hold a whole number from 0 to 65535.'],
    [{ PORT: '-1' }, 'PORT holds "-1"; it may hold a whole number from 0 to 65535.'],
    [{ PORT: '0x50' }, 'PORT holds "0x50"; it may hold a whole number from 0 to 65535.'],
    [{ DEMO_DATA: 'yes' }, 'DEMO_DATA holds "yes"; it may hold "on" or "off".'],
    [{ PROFILE: 'cloud' }, 'PROFILE holds "cloud"; it may hold "embedded" or "distributed".'],
    [{ HOST: '999.1.1.1' }, 'HOST holds "999.1.1.1"; it may hold an IP address or a host name.'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL holds "loud"; it may hold "fatal", "error", "warn", "info", "debug", "trace" or "silent".',
    ],
    [
      { CORS_ORIGINS: 'https://a.example/x' },
      'CORS_ORIGINS holds "https://a.example/x" ("https://a.example/x" is no origin)',
    ],
    [{ FEEDS: '{' }, 'FEEDS holds a value that is not shown here (it is no JSON); it may hold a JSON array'],
  ])('%o', (env, sentence) => {
    expect(refusal(env)).toContain(sentence);
  });

  test('a feed is refused with the place of each mistake', () => {
    const feed = {
      name: 'X!',
      adapter: 'provider-xml',
      url: 'ftp://x',
      cron: 'often',
      timeZone: 'Mars/Olympus',
      extra: 1,
    };
    const message = refusal({ FEEDS: JSON.stringify([feed]) });
    for (const part of [
      '[0].name must',
      '[0].url must',
      '[0].cron must',
      '[0].timeZone must',
      '[0] unrecognized key',
    ])
      expect(message).toContain(part);
  });

  test('what a feed lacks, and what is of another kind, is said in words', () => {
    const whole = { name: 'a', adapter: 'b', url: 'https://x.example', cron: '* * * * *' };
    const refused = (feeds: unknown) => refusal({ FEEDS: JSON.stringify(feeds) }).split('; it may hold')[0];
    const said = 'FEEDS holds a value that is not shown here';
    expect(refused([{ ...whole, cron: undefined, name: 7 }])).toBe(
      `${said} ([0].name must be text, [0].cron is missing)`,
    );
    expect(refused(['nightly'])).toBe(`${said} ([0] must be an object)`);
    expect(refused({})).toBe(`${said} (it must be a list)`);
    expect(refused(Array.from({ length: 101 }, (_, i) => ({ ...whole, name: `a${i}` })))).toBe(
      `${said} (it must have 100 feeds at most)`,
    );
  });

  test('a feed whose currency is none is refused with what was written', () => {
    const feed = { name: 'a', adapter: 'b', url: 'https://x.example', cron: '* * * * *', currency: 'XXQ' };
    expect(refusal({ FEEDS: JSON.stringify([feed]) })).toContain(
      '[0].currency must be an ISO 4217 code such as "EUR", which "XXQ" is not',
    );
  });

  test('two feeds of one name are refused', () => {
    const feed = { name: 'a', adapter: 'b', url: 'https://x.example', cron: '* * * * *' };
    expect(refusal({ FEEDS: JSON.stringify([feed, feed]) })).toContain('a name of its own');
  });

  test('all bad ones are named at once', () => {
    expect(refusal({ PORT: 'x', RATE_LIMIT: '1', SHUTDOWN_MS: '1' }).split('\n')).toHaveLength(3);
  });

  test('a secret is never repeated', () => {
    const message = refusal({ ADMIN_API_KEY: 'short-secret', DATABASE_URL: 'mysql://u:hunter2@h/d' });
    expect(message).toContain('ADMIN_API_KEY holds a value that is not shown here (it has 12 characters)');
    expect(message).toContain(
      'DATABASE_URL holds a value that is not shown here (it does not begin with postgres://)',
    );
    expect(message).not.toMatch(/short-secret|hunter2/);
  });

  test('the distributed profile needs brokers', () => {
    expect(refusal({ PROFILE: 'distributed' })).toContain('needs KAFKA_BROKERS');
    expect(refusal({ PROFILE: 'distributed', KAFKA_BROKERS: 'kafka' })).toContain('"kafka" is no host:port');
    const { kafkaBrokers } = loadConfig({ PROFILE: 'distributed', KAFKA_BROKERS: 'a:9092, [::1]:9093' });
    expect(kafkaBrokers).toEqual(['a:9092', '[::1]:9093']);
    expect(refusal({ KAFKA_SASL: 'plain', KAFKA_SASL_USERNAME: 'fairseat' })).toContain(
      'KAFKA_SASL_PASSWORD',
    );
  });

  test.each([
    ['KAFKA_TLS_CA_FILE', 'KAFKA_TLS'],
    ['KAFKA_SASL_USERNAME', 'KAFKA_SASL'],
    ['KAFKA_SASL_PASSWORD', 'KAFKA_SASL'],
  ])('%s is refused while %s is off, for it would do nothing', (variable, companion) => {
    const message = refusal({ [variable]: 'hunter2' });
    expect(message).toBe(
      `${variable} is set, which does nothing while ${companion} is off; set ${companion} as well, or leave ${variable} out.`,
    );
  });

  test('OpenSearch may have several nodes, an index of another name, and a fallback', () => {
    expect(loadConfig({})).toMatchObject({
      opensearchUrl: undefined,
      opensearchIndex: 'fairseat-events',
      searchFallback: 'off',
    });
    const url = 'http://a:9200, https://u:hunter2@b:9200';
    const set = { OPENSEARCH_URL: url, OPENSEARCH_INDEX: 'north', SEARCH_FALLBACK: 'postgres' };
    expect(loadConfig(set)).toMatchObject({
      opensearchUrl: url,
      opensearchIndex: 'north',
      searchFallback: 'postgres',
    });
    const shown = settingSources({ OPENSEARCH_URL: url }).find((s) => s.variable === 'OPENSEARCH_URL');
    expect(shown?.value).toBe('http://a:9200, https://u:********@b:9200');
    const message = refusal({ OPENSEARCH_URL: 'http://u:hunter2@a:9200,b:9200', OPENSEARCH_INDEX: '_all' });
    expect(message).toMatch(/^OPENSEARCH_URL holds .*not each is a URL.*\nOPENSEARCH_INDEX holds "_all"/);
    expect(message).not.toContain('hunter2');
  });
});

describe('a variable that is no setting', () => {
  test.each([
    ['PROFLE', 'PROFILE'],
    ['KAFKA_BROKER', 'KAFKA_BROKERS'],
    ['KAFKA_TOPICS', 'KAFKA_TOPIC'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['OPENSEARCH_ULR', 'OPENSEARCH_URL'],
    ['ADMIN_APIKEY', 'ADMIN_API_KEY'],
    ['PROT', 'PORT'],
    ['PORTT', 'PORT'],
    ['HSOT', 'HOST'],
    ['FEEDSS', 'FEEDS'],
    ['FEDES', 'FEEDS'],
    ['PROFIEL', 'PROFILE'],
  ])('%s is said to do nothing, for it was meant for %s', (name, meant) => {
    expect(mistypedSettings({ [name]: 'x' })).toEqual([
      `${name} is set, which is no setting and does nothing; did you mean ${meant}?`,
    ]);
  });

  test.each(['is empty', 'stands beside the setting'])('is no slip where it %s', (where) => {
    const env = where === 'is empty' ? { KAFKA_TOPICS: ' ' } : { KAFKA_TOPICS: 'a', KAFKA_TOPIC: 'b' };
    expect(mistypedSettings(env)).toEqual([]);
  });

  test('is no slip where shells, npm, Docker and Kubernetes have set it', () => {
    const others =
      'HOME HOSTNAME HOST_IP PATH PWD USER LOGNAME SHELL LANG TERM TZ TMPDIR EDITOR NODE_ENV NODE_OPTIONS INIT_CWD CI ' +
      'npm_config_cache npm_lifecycle_event npm_package_name KAFKA_PORT KAFKA_PORT_9092_TCP KAFKA_SERVICE_HOST ' +
      'KAFKA_SERVICE_PORT KAFKA_HEAP_OPTS KAFKA_OPTS OPENSEARCH_PORT OPENSEARCH_PORT_9200_TCP_ADDR ' +
      'OPENSEARCH_SERVICE_HOST OPENSEARCH_JAVA_OPTS EVENTSTORE_PORT EVENTSTORE_INSECURE EVENTSTORE_SERVICE_PORT ' +
      'POSTGRES_PASSWORD POSTGRES_USER DATABASE_HOST DATABASE_NAME PGDATA PGPORT COMPOSE_PROJECT_NAME DOCKER_HOST ' +
      'OLDPWD SHLVL NODE COLOR MAIL DISPLAY LC_ALL LS_COLORS PS1 _ XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK ' +
      'npm_command npm_execpath npm_node_execpath npm_config_user_agent npm_package_json YARN_VERSION NODE_VERSION ' +
      'NODE_EXTRA_CA_CERTS VIRTUAL_ENV PAGER LESS VISUAL DEBUG FEED POST PART COST HOSTS_FILE HTTP_PROXY NO_PROXY ' +
      'KUBERNETES_SERVICE_HOST KUBERNETES_PORT SMTP_HOST LOG_FORMAT DATADIR_ROOT';
    expect(mistypedSettings(Object.fromEntries(others.split(' ').map((name) => [name, 'x'])))).toEqual([]);
  });
});

describe('.env', () => {
  test('adds what the environment does not have, and doctor tells them apart with secrets masked', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairseat-env-'));
    try {
      writeFileSync(
        join(folder, '.env'),
        'PORT=4000\nHOST=0.0.0.0\nDATABASE_URL=postgres://u:hunter2@db/x\n',
      );
      const env = { PORT: '5000', ADMIN_API_KEY: 'sixteen-letters!' };
      expect(loadConfig(withEnvFile(env, folder))).toMatchObject({ port: 5000, host: '0.0.0.0' });
      const sources = settingSources(env, folder);
      const of = (variable: string) => sources.find((s) => s.variable === variable);
      expect(of('PORT')).toEqual({ variable: 'PORT', value: '5000', source: 'environment' });
      expect(of('HOST')).toEqual({ variable: 'HOST', value: '0.0.0.0', source: '.env' });
      expect(of('QUEUE_SIZE_MAX')).toEqual({ variable: 'QUEUE_SIZE_MAX', value: '20000', source: 'default' });
      expect(of('DATABASE_URL')?.value).toBe('postgres://u:********@db/x');
      expect(of('ADMIN_API_KEY')?.value).toBe('********');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('may begin with a byte order mark, as some editors write it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairseat-env-'));
    try {
      writeFileSync(join(folder, '.env'), '\uFEFFPORT=4000\r\nHOST=0.0.0.0\r\n');
      expect(loadConfig(withEnvFile({}, folder))).toMatchObject({ port: 4000, host: '0.0.0.0' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
