// The HTTP app over a log in memory, on a clock that tests move: everything from the request to the commit and the live map.
// Views there are none, so lists, searches and imports cannot be asked for.
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { PrometheusMetrics } from '../../src/adapters/prometheus/prometheus-metrics.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import type { ApiDependencies } from '../../src/api/dependencies.ts';
import { CommandContexts } from '../../src/api/request/command-context.ts';
import { KeyRing } from '../../src/api/request/key-ring.ts';
import { LongPolls } from '../../src/api/request/long-polls.ts';
import { createServer } from '../../src/api/server.ts';
import { Catalogue } from '../../src/commands/catalogue/catalogue.ts';
import { CommandPipeline } from '../../src/commands/pipeline.ts';
import { SeatingPlanStore } from '../../src/commands/seating-plan-store.ts';
import { showAggregate } from '../../src/domain/show/show.ts';
import { venueAggregate } from '../../src/domain/venue/venue.ts';
import { venueView } from '../../src/domain/venue/views.ts';
import { LiveShows } from '../../src/live/live-shows.ts';
import { LiveStream } from '../../src/live/live-stream.ts';
import type { ApiKey, ApiKeyStore } from '../../src/ports/api-key-store.ts';
import type { SteadyClock } from '../../src/ports/clock.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { turn, type VirtualClock } from '../support/virtual-clock.ts';
import type { Client } from './client.ts';

const DEADLINE_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

export interface AppInMemory {
  readonly call: Client;
  stop(): Promise<void>;
}

/** A process of its own; several may share a log. Each key is the one of its client, with every right or to book only. */
export async function startInMemory(
  { log, clock }: { log: EventLog; clock: VirtualClock },
  apiKeys: Readonly<Record<string, ApiKey['scopes']>>,
): Promise<AppInMemory> {
  const plans = new SeatingPlanStore(log);
  const ids = systemIds;
  const writersClock = patient(clock);
  const pipeline = new CommandPipeline({ log, clock: writersClock, ids, plans });
  const aggregate = showAggregate(plans);
  const venueOf = async (id: string) => {
    const { value } = await pipeline.read(venueAggregate, id, (state) => venueView(id, state));
    return value && { venue: { ...value }, etag: String(value.version) };
  };
  const live = new LiveShows({ log, plans, clock, aggregate, venueOf });
  const store = keyStore(apiKeys);
  const keys = new KeyRing(store, clock);
  const api: ApiDependencies = {
    clock,
    log,
    pipeline,
    plans,
    venueOf,
    live,
    keys,
    showAggregate: aggregate,
    catalogue: new Catalogue({ pipeline, plans }),
    contexts: new CommandContexts(writersClock, ids, DEADLINE_MS),
    stream: new LiveStream({ shows: live, clock }),
    polls: new LongPolls(),
    reads: {} as ApiDependencies['reads'],
    imports: {} as ApiDependencies['imports'],
    apiKeys: store,
    metrics: new PrometheusMetrics(),
    readiness: () => Promise.resolve(null),
  };
  const options = {
    trustProxy: false,
    corsOrigins: [],
    rateLimits: null,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    doors: () => 'open' as const,
  };
  const app = await createServer(api, { keys, clock, ids, logger: pino({ level: 'silent' }), options });
  await live.start();
  return {
    call: clientOf(app),
    async stop() {
      await app.close();
      await live.stop();
      await pipeline.close(0);
    },
  };
}

/** A writer that gives others a turn has waited for it after one turn of the event loop, and the time told is the same. */
function patient(clock: VirtualClock): SteadyClock {
  let waitedMs = 0;
  return {
    now: () => clock.now(),
    steady: () => clock.steady() + waitedMs,
    async sleep(ms) {
      waitedMs += ms;
      await turn();
    },
  };
}

/** As `clientOf` of client.ts, without a socket. */
function clientOf(app: FastifyInstance): Client {
  return async (method, path, { body, key, idem, headers = {} } = {}) => {
    const response = await app.inject({
      method: method as 'GET',
      url: path,
      headers: {
        ...headers,
        ...(key && { authorization: `Bearer ${key}` }),
        ...(typeof idem === 'string' && { 'idempotency-key': idem }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    });
    const { statusCode: status, body: text } = response;
    const type = String(response.headers['content-type']);
    return {
      status,
      text,
      headers: { get: (name: string) => response.headers[name] ?? null } as Headers,
      body: /[/+]json/.test(type) ? JSON.parse(text) : null,
    };
  };
}

function keyStore(apiKeys: Readonly<Record<string, ApiKey['scopes']>>): ApiKeyStore {
  const find = (secret: string): ApiKey | null => {
    const scopes = apiKeys[secret];
    if (!scopes) return null;
    const times = { createdAt: '2027-03-01T12:00:00.000Z', lastUsedAt: null, revokedAt: null };
    return { id: secret, name: secret, scopes, clientId: secret, prefix: secret, ...times };
  };
  return { find: (secret: string) => Promise.resolve(find(secret)) } as ApiKeyStore;
}
