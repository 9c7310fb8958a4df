// What the settings of the brokers say before any broker is asked.
import path from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { openFeed, warnOfClearPassword } from '../../src/profiles/distributed-adapters.ts';

const file = (name: string): string => path.resolve(import.meta.dirname, '../fixtures/tls', name);
const brokers = 'kafka-1.example:9092,127.0.0.1:9092';
const named = { KAFKA_SASL_USERNAME: 'fairseat', KAFKA_SASL_PASSWORD: 'of-no-value' };

function warnings(env: NodeJS.ProcessEnv): string {
  let written = '';
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => ((written += chunk.toString()), done()),
  });
  warnOfClearPassword(loadConfig({ KAFKA_BROKERS: brokers, ...named, ...env }), pino(output));
  return written;
}

test.each([file('loopback-key.pem'), path.join(import.meta.dirname, '../../package.json')])(
  'a file without a certificate is named: %s',
  async (ca) => {
    const config = loadConfig({ KAFKA_BROKERS: brokers, KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: ca });
    await expect(openFeed(config, [])).rejects.toThrow(
      `KAFKA_TLS_CA_FILE names ${ca}, which holds no certificate in PEM`,
    );
  },
);

test('a password in clear text over a network is warned of', () => {
  expect(warnings({ KAFKA_SASL: 'plain' })).toContain('the password goes to the brokers in clear text');
});

test.each([
  { KAFKA_SASL: 'plain', KAFKA_TLS: 'on' },
  { KAFKA_SASL: 'scram-sha-256' },
  { KAFKA_SASL: 'plain', KAFKA_BROKERS: 'localhost:9092,127.0.0.1:9093,[::1]:9094' },
])('and not where nobody listens: %o', (env) => {
  expect(warnings(env)).toBe('');
});
