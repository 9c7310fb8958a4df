// The story of the walkthrough, unchanged, on the distributed profile: the log in EventStoreDB (or its stand-in), a real
// Kafka, a real OpenSearch that answers the searches, and every role in one process.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { loadConfig } from '../../src/config.ts';
import { startDistributed } from '../../src/profiles/distributed.ts';
import type { RunningEngine } from '../../src/profiles/running.ts';
import { clientOf } from '../api/client.ts';
import { done, openHall } from '../api/hall.ts';
import { FrontEnd } from '../e2e/walkthrough/front-end.ts';
import { walkThrough } from '../e2e/walkthrough/story.ts';
import { startEventStore, type EventStoreUnderTest } from '../support/eventstoredb/event-store.ts';
import { TcpLine } from '../support/tcp-line.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { openSearchHere } from '../support/servers/opensearch-here.ts';
import { startKafka, startOpenSearch } from '../support/servers/servers.ts';

const KEY = 'fs_walkthrough_key_of_no_value';
let database: TestDatabase;
let kafka: RunningServer;
let eventStore: EventStoreUnderTest;
let openSearch: RunningServer | null;
let line: TcpLine | null;
let views: Database;
const index = `test-${randomUUID()}`;
let engine: RunningEngine;

beforeAll(async () => {
  [database, kafka, eventStore, openSearch] = await Promise.all([
    createDatabase(),
    startKafka(),
    startEventStore(),
    openSearchHere ? startOpenSearch() : null,
  ]);
  line = openSearch && (await TcpLine.open(Number(new URL(openSearch.url).port)));
  views = openDatabase(database.url, { poolMax: 1 });
  engine = await startDistributed(
    loadConfig({
      PROFILE: 'distributed',
      PORT: '0',
      LOG_LEVEL: 'error',
      ADMIN_API_KEY: KEY,
      DATABASE_URL: database.url,
      EVENTSTORE_URL: eventStore.url,
      KAFKA_BROKERS: kafka.url,
      OPENSEARCH_URL: line?.through(openSearch!.url),
      OPENSEARCH_INDEX: index,
    }),
  );
}, 300_000);
afterAll(async () => {
  await engine?.stop();
  await views?.close();
  await line?.close();
  await Promise.all([database?.drop(), kafka?.stop(), eventStore?.stop(), openSearch?.stop()]);
}, 60_000);

const shop = () => new FrontEnd(engine.url, KEY);

it.skipIf(!openSearchHere)('builds the index, and says so', { timeout: 60_000 }, async () => {
  const status = async () => (await shop().send('GET', '/v1/events')).status;
  await expect.poll(status, { timeout: 30_000 }).toBe(200);
  expect(await metrics()).toMatch(/^fairseat_search_indexer_active 1$/m);
  expect(await metrics()).toMatch(/^fairseat_search_documents_refused 0$/m);
  const { events } = await indexed();
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from read.events`.execute(views.db);
  expect(events).toBe(rows[0]!.n);
});

it('comes true', { timeout: 120_000 }, async () => {
  const told: string[] = [];
  await walkThrough(shop(), (line) => told.push(line));
  expect(told.at(-1)).toContain('Everything was as it should be.');
});

it.skipIf(!openSearchHere)(
  'finds in the index what has just been published',
  { timeout: 60_000 },
  async () => {
    const call = clientOf(() => engine.url, KEY);
    const hall = await openHall(call);
    const title = 'Zwölftonmusik im Gewölbe';
    const { position } = await done(call('PATCH', `/v1/events/${hall.eventId}`, { body: { title } }), 200);
    const before = await indexed();
    const path = '/v1/events?q=zwolftonmusic&facets=true';
    const seen = { 'x-min-position': position, prefer: 'wait=20' };
    const { data, facets } = await done(call('GET', path, { headers: seen }), 200);
    expect(data.map(({ id }: { id: string }) => id)).toEqual([hall.eventId]);
    expect(facets.cities).toEqual([expect.objectContaining({ name: 'Madrid', count: 1 })]);
    expect((await indexed()).searches).toBeGreaterThan(before.searches);
  },
);

it.skipIf(!openSearchHere)('sells on while OpenSearch is away', { timeout: 60_000 }, async () => {
  const call = clientOf(() => engine.url, KEY);
  const hall = await openHall(call);
  line!.cut();
  const search = await call('GET', '/v1/events?q=camela');
  expect([search.status, search.body.detail]).toEqual([503, 'Search cannot be reached; try again soon.']);
  const body = { customerId: 'ada', seats: ['A-1'] };
  await done(call('POST', `${hall.path}/holds`, { body }), 201);
  await done(call('GET', `/v1/events/${hall.eventId}/shows`), 200);
  line!.mend();
  const again = async () => (await call('GET', '/v1/events?q=camela')).status;
  await expect.poll(again, { timeout: 20_000 }).toBe(200);
});

const metrics = async (): Promise<string> => (await fetch(`${engine.url}/metrics`)).text();

/** What OpenSearch itself says of the index. */
async function indexed(): Promise<{ events: number; searches: number }> {
  const ask = async (path: string) => (await fetch(`${openSearch!.url}/${index}/${path}`)).json();
  const { count } = (await ask('_count?q=id:*')) as { count: number };
  const { _all: all } = (await ask('_stats/search')) as {
    _all: { total: { search: { query_total: number } } };
  };
  return { events: count, searches: all.total.search.query_total };
}
