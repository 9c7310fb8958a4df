// Every role as a process of its own: two api processes that sell one show, and everything between them and the views.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, type Client } from '../api/client.ts';
import { done, openHall, type Hall } from '../api/hall.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { noOpenSearch, onOpenSearch } from '../support/servers/opensearch-here.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startEventStore, startKafka, startOpenSearch } from '../support/servers/servers.ts';
import { RoleProcess } from './role-process.ts';

const KEY = 'fs_admin_of_the_roles_0123456789abcdef';
const SEATS = 40;

describe('the roles, each a process of its own', () => {
  let database: TestDatabase;
  let kafka: RunningServer;
  let eventStore: RunningServer;
  let openSearch: RunningServer | null;
  let environment: Record<string, string>;
  let processes: RoleProcess[] = [];
  let apis: Client[];
  let hall: Hall;
  beforeAll(async () => {
    [database, kafka, eventStore, openSearch] = await Promise.all([
      createDatabase(),
      startKafka(),
      startEventStore(),
      noOpenSearch === null ? startOpenSearch() : null,
    ]);
    environment = {
      DATABASE_URL: database.url,
      DATABASE_READ_URL: database.url,
      EVENTSTORE_URL: eventStore.url,
      KAFKA_BROKERS: kafka.url,
      ...(openSearch && { OPENSEARCH_URL: openSearch.url, OPENSEARCH_INDEX: `test-${randomUUID()}` }),
      ADMIN_API_KEY: KEY,
      DEMO_DATA: 'off',
      RATE_LIMIT: 'off',
    };
    for (const role of ['relay', 'api', 'projector', 'api', 'worker'])
      processes.push(await RoleProcess.start(role, environment));
    apis = processes.filter(({ role }) => role === 'api').map(({ url }) => clientOf(() => url, KEY));
    hall = await openHall(apis[0]!, { seats: SEATS, ticketsPerCustomer: 10 });
  });
  afterAll(async () => {
    await Promise.all(processes.map((process) => process.end('SIGKILL')));
    await Promise.all([database.drop(), kafka.stop(), eventStore.stop(), openSearch?.stop()]);
  });

  it('are ready, and count what they do', async () => {
    for (const { url, role } of processes) {
      expect([role, (await fetch(`${url}/healthz`)).status]).toEqual([role, 200]);
      expect([role, (await fetch(`${url}/readyz`)).status]).toEqual([role, 200]);
      expect(await (await fetch(`${url}/metrics`)).text()).toContain('fairseat_projection_lag_seconds');
    }
    const relay = processes.find(({ role }) => role === 'relay')!;
    expect(await relay.metric('fairseat_relay_active')).toBe(1);
  });

  it('sell each seat once, whichever api process is asked', async () => {
    const ask = (n: number, seat: number) =>
      apis[n % 2]!('POST', `${hall.path}/holds`, {
        body: { customerId: `customer-${n}`, seats: [`A-${seat}`] },
      });
    const answers = await Promise.all(Array.from({ length: SEATS * 2 }, (_, n) => ask(n, 1 + (n >> 1))));
    const statuses = Map.groupBy(answers, ({ status }) => status);
    expect([...statuses.keys()].sort()).toEqual([201, 409]);
    expect(statuses.get(201)).toHaveLength(SEATS);
    const last = answers.reduce((most, { body }) => Math.max(most, Number(body?.position ?? 0)), 0);
    const seen = { 'x-min-position': String(last), prefer: 'wait=10' };
    for (const api of apis) {
      const page = await done(api('GET', `${hall.path}/holds?limit=100`, { headers: seen }), 200);
      expect(page.data).toHaveLength(SEATS);
      const live = await done(api('GET', hall.path, { headers: seen }), 200);
      expect(JSON.stringify(live)).toContain(`"held":${SEATS}`);
    }
  });

  it('find in the index what was edited through any of them', onOpenSearch, async () => {
    for (const [n, api] of apis.entries()) {
      const title = `Zwölftonmusik ${n}`;
      const edited = await done(api('PATCH', `/v1/events/${hall.eventId}`, { body: { title } }), 200);
      const headers = { 'x-min-position': edited.position, prefer: 'wait=20' };
      for (const other of apis) {
        const { data } = await done(other('GET', `/v1/events?q=zwolftonmusic+${n}`, { headers }), 200);
        expect(data).toEqual([expect.objectContaining({ id: hall.eventId, title })]);
      }
    }
    const projectors = processes.filter(({ role }) => role === 'projector');
    const active = await Promise.all(projectors.map((p) => p.metric('fairseat_search_indexer_active')));
    expect(active).toEqual([1]);
  });

  it.each(['api', 'relay', 'projector', 'worker'])(
    'end what they have begun also before they are ready: %s',
    async (role) => {
      const nobody = { ...environment, EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false', LOG_LEVEL: 'warn' };
      const waiting = await RoleProcess.start(role, nobody, /Not ready yet/);
      expect(await waiting.end()).toBe(0);
    },
  );

  it('end what they have begun, and say so by their exit code', async () => {
    const ended = await Promise.all(processes.map((process) => process.end()));
    expect(ended).toEqual(processes.map(() => 0));
    processes = [];
  });
});
