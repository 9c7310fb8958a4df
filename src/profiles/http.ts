// The HTTP side of a profile: the server over an engine, its metrics, and when it may be reached.
import type { FastifyInstance } from 'fastify';
import type { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import { CommandContexts } from '../api/request/command-context.ts';
import type { ApiDependencies } from '../api/dependencies.ts';
import { KeyRing } from '../api/request/key-ring.ts';
import { LongPolls } from '../api/request/long-polls.ts';
import { Reads } from '../api/answer/reads.ts';
import { createServer } from '../api/server.ts';
import { feedSource, importFeed } from '../commands/import/feed.ts';
import type { Config } from '../config.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import { StartRefused } from '../ports/start-refused.ts';
import type { Engine } from './engine.ts';
import { watchLevels } from './gauges.ts';
import { readinessOf } from './readiness.ts';
import { ENGINE_SHARE, type Ends, type Listening } from './running.ts';

/** Until a request must have arrived whole; a seating plan of 64 MiB fits in. */
const REQUEST_TIMEOUT_MS = 60_000;
/** A command that has waited for longer is not decided any more. */
const COMMAND_DEADLINE_MS = 10_000;

interface HttpSide {
  readonly app: FastifyInstance;
  readonly readiness: () => Promise<string | null>;
  /** Answers what was asked, ends what waits, and closes; after `drainMaxMs` it hangs up. */
  stop(drainMaxMs: number): Promise<void>;
}

/** What else than the engine there may be behind the server. */
interface Beside {
  /** Answers searches in place of the views. */
  readonly index?: SearchIndex;
  /** Why something else in this process cannot work. */
  readonly refusal?: () => string | null;
}

/** Listens; may be reached when it is ready. */
export async function serve(
  engine: Engine,
  metrics: PrometheusMetrics,
  ends: Ends,
  beside: Beside = {},
): Promise<Listening> {
  const http = await openHttp(engine, metrics, beside);
  ends.push(() => http.stop(engine.config.shutdownMs * (1 - ENGINE_SHARE)));
  return { url: await listen(http.app, engine.config), readiness: http.readiness };
}

async function openHttp(
  engine: Engine,
  metrics: PrometheusMetrics,
  { index, refusal }: Beside,
): Promise<HttpSide> {
  const { clock, stream } = engine;
  let shuttingDown = false;
  const isShuttingDown = (): boolean => shuttingDown;
  const stopping = new AbortController();
  const keys = new KeyRing(engine.apiKeys, clock);
  const polls = new LongPolls();
  const readiness = readinessOf(engine, isShuttingDown, refusal);
  watchLevels(metrics, engine, polls);
  const app = await createServer(dependenciesOf(engine, { keys, polls, metrics, readiness }, index), {
    keys,
    clock,
    ids: engine.ids,
    logger: engine.logger,
    options: { ...serverOptions(engine.config), isShuttingDown },
  });
  const uses = keys.keepUses(stopping.signal);
  return {
    app,
    readiness,
    async stop(drainMaxMs) {
      shuttingDown = true;
      polls.endAll();
      await stream.stop();
      const closed = app.close();
      const late = new AbortController();
      const hangUp = clock.sleep(drainMaxMs, late.signal).then(() => app.server.closeAllConnections());
      await closed;
      late.abort();
      await hangUp;
      stopping.abort();
      await uses;
    },
  };
}

function dependenciesOf(
  engine: Engine,
  own: Pick<ApiDependencies, 'keys' | 'polls' | 'metrics' | 'readiness'>,
  index: SearchIndex | undefined,
): ApiDependencies {
  const { clock, ids, log, pipeline, shows, plans, catalogue, venueOf, live, stream, apiKeys } = engine;
  return {
    ...own,
    clock,
    log,
    pipeline,
    plans,
    catalogue,
    venueOf,
    live,
    stream,
    apiKeys,
    showAggregate: shows,
    contexts: new CommandContexts(clock, ids, COMMAND_DEADLINE_MS),
    reads: new Reads(engine.reading.db, engine.reading.positions, index),
    imports: importsOf(engine),
  };
}

function serverOptions(config: Config) {
  return {
    trustProxy: config.trustProxy,
    corsOrigins: config.corsOrigins,
    rateLimits: config.rateLimit
      ? { perKey: config.rateLimitPerKey, perAddress: config.rateLimitPerAddress }
      : null,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  };
}

function importsOf(engine: Engine) {
  const parts = {
    pipeline: engine.pipeline,
    catalogue: engine.catalogue,
    shows: engine.shows,
    plans: engine.plans,
    log: engine.log,
    imports: engine.imports,
  };
  const [adapter] = engine.feedAdapters;
  if (adapter === undefined) throw new Error('There is no feed adapter.');
  return {
    importFeed: (source: string, bytes: Uint8Array, context: Parameters<typeof importFeed>[0]['context']) => {
      const known = engine.config.feeds.find((feed) => feed.name === source);
      return importFeed(
        {
          source: feedSource(source, known && { timeZone: known.timeZone, currency: known.currency }),
          adapter,
          bytes,
          context,
        },
        parts,
      );
    },
    find: async (id: string) => (await engine.imports.find(id))?.result ?? null,
  };
}

/** Listens where the settings say; says which setting to change where that cannot be. */
export async function listen(app: FastifyInstance, config: Address): Promise<string> {
  const { host, port } = config;
  await app.listen({ host, port }).catch((error: unknown) => refused(error, config));
  const address = app.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}

type Address = Pick<Config, 'host' | 'port'>;

function refused(error: unknown, { host, port }: Address): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    throw new StartRefused(
      `PORT is ${port}, which another program on ${host} uses already; choose another PORT, or 0 for a free one.`,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES')
    throw new StartRefused(`HOST ${host}, PORT ${port} cannot be listened on (${code}); choose others.`);
  throw error;
}
