// The story of the walkthrough, unchanged, on the distributed profile: the log in EventStoreDB (or its stand-in), a real
// Kafka, a real OpenSearch that answers the searches, and every role in one process.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { startDistributed } from '../../src/profiles/distributed.ts';
import type { RunningEngine } from '../../src/profiles/running.ts';
import { FrontEnd } from '../e2e/walkthrough/front-end.ts';
import { walkThrough } from '../e2e/walkthrough/story.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { noOpenSearch } from '../support/servers/opensearch-here.ts';
import { startEventStore, startKafka, startOpenSearch } from '../support/servers/servers.ts';

const KEY = 'fs_walkthrough_key_of_no_value';
let database: TestDatabase;
let kafka: RunningServer;
let eventStore: RunningServer;
let openSearch: RunningServer | null;
const index = `test-${randomUUID()}`;
let engine: RunningEngine;

beforeAll(async () => {
  [database, kafka, eventStore, openSearch] = await Promise.all([
    createDatabase(),
    startKafka(),
    startEventStore(),
    noOpenSearch === null ? startOpenSearch() : null,
  ]);
  engine = await startDistributed(
    loadConfig({
      PROFILE: 'distributed',
      PORT: '0',
      LOG_LEVEL: 'error',
      ADMIN_API_KEY: KEY,
      DATABASE_URL: database.url,
      EVENTSTORE_URL: eventStore.url,
      KAFKA_BROKERS: kafka.url,
      OPENSEARCH_URL: openSearch?.url,
      OPENSEARCH_INDEX: index,
    }),
  );
});
afterAll(async () => {
  await engine?.stop();
  await Promise.all([database?.drop(), kafka?.stop(), eventStore?.stop(), openSearch?.stop()]);
});

it('comes true', async () => {
  const shop = new FrontEnd(engine.url, KEY);
  const searchIs = async () => (await shop.send('GET', '/v1/events')).status;
  await expect.poll(searchIs, { message: 'no index was built' }).toBe(200);
  // It may have been built while the demo was still coming in.
  const { position } = await shop.ok('POST', '/v1/venues', { name: 'Last', city: 'Oslo', timeZone: 'UTC' });
  await shop.get('/v1/events', position);
  const told: string[] = [];
  await walkThrough(shop, (line) => told.push(line));
  expect(told.at(-1)).toContain('Everything was as it should be.');
  if (openSearch) expect(await searchesOf(openSearch.url)).toBeGreaterThan(1);
});

/** What OpenSearch itself has counted. */
async function searchesOf(url: string): Promise<number> {
  const stats = await (await fetch(`${url}/${index}/_stats/search`)).json();
  const { _all: all } = stats as { _all: { total: { search: { query_total: number } } } };
  return all.total.search.query_total;
}
