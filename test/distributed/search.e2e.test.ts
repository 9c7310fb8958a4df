// Search in the distributed profile: a real OpenSearch and a real Kafka, every role in one process, the log in Postgres.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { startDistributed } from '../../src/profiles/distributed.ts';
import type { RunningEngine } from '../../src/profiles/running.ts';
import { clientOf } from '../api/client.ts';
import { done, openHall, type Hall } from '../api/hall.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { onOpenSearch } from '../support/servers/opensearch-here.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startKafka, startOpenSearch } from '../support/servers/servers.ts';
import { TcpLine } from '../support/tcp-line.ts';

const KEY = 'fs_admin_of_the_search_0123456789abcdef';
const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');
const index = `test-${randomUUID()}`;

describe('search in the distributed profile', onOpenSearch, () => {
  let database: TestDatabase;
  let kafka: RunningServer;
  let openSearch: RunningServer;
  let line: TcpLine;
  let engine: RunningEngine;
  let hall: Hall;
  const call = clientOf(() => engine.url, KEY);
  const environment = () => ({
    PROFILE: 'distributed',
    PORT: '0',
    LOG_LEVEL: 'silent',
    ADMIN_API_KEY: KEY,
    DEMO_DATA: 'off',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: kafka.url,
    OPENSEARCH_URL: line.through(openSearch.url),
    OPENSEARCH_INDEX: index,
  });
  beforeAll(async () => {
    [database, kafka, openSearch] = await Promise.all([createDatabase(), startKafka(), startOpenSearch()]);
    line = await TcpLine.open(Number(new URL(openSearch.url).port));
    engine = await startDistributed(loadConfig(environment()));
    hall = await openHall(call);
  });
  afterAll(async () => {
    await engine?.stop();
    line?.close();
    await Promise.all([database?.drop(), kafka?.stop(), openSearch?.stop()]);
  });

  const searchIs = async () => (await call('GET', '/v1/events?q=symphony')).status;
  const metrics = async (): Promise<string> => (await fetch(`${engine.url}/metrics`)).text();
  const titled = async (title: string): Promise<Record<string, string>> => {
    const { position } = await done(call('PATCH', `/v1/events/${hall.eventId}`, { body: { title } }), 200);
    return { 'x-min-position': position, prefer: 'wait=20' };
  };
  const sells = async (seat: string) => {
    const body = { customerId: 'ada', seats: [seat] };
    await done(call('POST', `${hall.path}/holds`, { body }), 201);
  };

  it('builds the index, and says so', async () => {
    await expect.poll(searchIs).toBe(200);
    await expect.poll(async () => (await indexed()).events).toBe(1);
    expect(await metrics()).toMatch(/^fairseat_search_indexer_active 1$/m);
    expect(await metrics()).toMatch(/^fairseat_search_indexer_position [1-9]/m);
    expect(await metrics()).toMatch(/^fairseat_search_documents_refused 0$/m);
  });

  it('finds in the index what has just been changed, when its position is asked for', async () => {
    const headers = await titled('Zwölftonmusik im Gewölbe');
    const before = await indexed();
    const path = '/v1/events?q=zwolftonmusic&facets=true';
    const { data, facets } = await done(call('GET', path, { headers }), 200);
    expect(data.map(({ id }: { id: string }) => id)).toEqual([hall.eventId]);
    expect(facets.cities).toEqual([expect.objectContaining({ name: 'Madrid', count: 1 })]);
    expect((await indexed()).searches).toBeGreaterThan(before.searches);
  });

  it('is rebuilt by a command beside the running engine, which goes over to the new index', async () => {
    const env = { PATH: process.env['PATH'], ...environment() };
    const fairseat = async (...args: string[]) =>
      JSON.parse((await promisify(execFile)(process.execPath, [MAIN, ...args, '--json'], { env })).stdout);
    const { generation } = await fairseat('search', 'rebuild');
    expect(generation).toBe(`${index}-g2`);
    const headers = await titled('Built anew');
    const { data } = await done(call('GET', '/v1/events?q=anew', { headers }), 200);
    expect(data).toHaveLength(1);
    const { checks } = await fairseat('doctor');
    const found = checks.find(({ name }: { name: string }) => name === 'OpenSearch');
    expect(found).toMatchObject({ ok: true, found: expect.stringContaining(`${generation} serves`) });
  });

  it('finds nothing in the index of another engine, and says which setting to change', async () => {
    const other = await createDatabase();
    const search = async (fallback: string) => {
      const config = loadConfig({ ...environment(), DATABASE_URL: other.url, SEARCH_FALLBACK: fallback });
      const second = await startDistributed(config, ['api']);
      try {
        return await clientOf(() => second.url, KEY)('GET', '/v1/events');
      } finally {
        await second.stop();
      }
    };
    const refused = await search('off');
    expect([refused.status, refused.body.detail]).toEqual([503, expect.stringContaining('OPENSEARCH_INDEX')]);
    const fromViews = await search('postgres');
    expect([fromViews.status, fromViews.body.data]).toEqual([200, []]);
    expect(await searchIs()).toBe(200);
    await other.drop();
  });

  it('has its views for as long as the engine runs: nobody can have them forgotten meanwhile', async () => {
    const env = { PATH: process.env['PATH'], ...environment() };
    const forgetting = promisify(execFile)(process.execPath, [MAIN, 'projections', 'forget'], { env });
    await expect(forgetting).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"fairseat start" runs on this database'),
    });
    expect((await call('GET', `/v1/events/${hall.eventId}`)).status).toBe(200);
  });

  it('is a 503 while OpenSearch is away; everything else goes on, and what happened meanwhile is found', async () => {
    line.cut();
    const away = await call('GET', '/v1/events?q=musik');
    expect([away.status, away.body.detail]).toEqual([
      503,
      'Search cannot be reached, or is being made anew; try again soon.',
    ]);
    expect((await fetch(`${engine.url}/readyz`)).status).toBe(200);
    await sells('A-1');
    const headers = await titled('Meanwhile');
    line.mend();
    await expect.poll(searchIs).toBe(200);
    const { data } = await done(call('GET', '/v1/events?q=meanwhile', { headers }), 200);
    expect(data).toHaveLength(1);
  });

  it('is answered by Postgres meanwhile, where that is wanted', async () => {
    await engine.stop();
    engine = await startDistributed(loadConfig({ ...environment(), SEARCH_FALLBACK: 'postgres' }));
    line.cut();
    const headers = await titled('From the views');
    const { data } = await done(call('GET', '/v1/events?q=views', { headers }), 200);
    expect(data).toHaveLength(1);
    line.mend();
  });

  /** What OpenSearch itself says of the index. */
  async function indexed(): Promise<{ events: number; searches: number }> {
    const ask = async (path: string) => (await fetch(`${openSearch.url}/${index}/${path}`)).json();
    const { count } = (await ask('_count?q=id:*')) as { count: number };
    const { _all: all } = (await ask('_stats/search')) as {
      _all: { total: { search: { query_total: number } } };
    };
    return { events: count, searches: all.total.search.query_total };
  }
});
