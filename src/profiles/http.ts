// What answers at the entrance of a process: the API over an engine with its metrics, or what those who operate it ask.
import type { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import { closingOf } from '../api/closing.ts';
import { CommandContexts } from '../api/request/command-context.ts';
import type { ApiDependencies } from '../api/dependencies.ts';
import { KeyRing } from '../api/request/key-ring.ts';
import { LongPolls } from '../api/request/long-polls.ts';
import { createOperateServer } from '../api/operate-server.ts';
import { Reads } from '../api/answer/reads.ts';
import { createServer } from '../api/server.ts';
import { feedSource, importFeed } from '../commands/import/feed.ts';
import type { Config } from '../config.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { Engine } from './engine.ts';
import type { MakeAnswering } from './entrance.ts';
import { watchLevels, watchWork } from './gauges.ts';
import { ENGINE_SHARE } from './running.ts';

/** Until a request must have arrived whole; a seating plan of 64 MiB fits in. */
const REQUEST_TIMEOUT_MS = 60_000;
/** A command that has waited for longer is not decided any more. */
const COMMAND_DEADLINE_MS = 10_000;

/** The API. `index` answers searches in place of the views. */
export function apiOf(engine: Engine, metrics: PrometheusMetrics, index?: SearchIndex): MakeAnswering {
  return async ({ readiness, doors }) => {
    const { clock, stream } = engine;
    const stopping = new AbortController();
    const keys = new KeyRing(engine.apiKeys, clock);
    const polls = new LongPolls();
    watchLevels(metrics, engine, polls);
    const app = await createServer(dependenciesOf(engine, { keys, polls, metrics, readiness }, index), {
      keys,
      clock,
      ids: engine.ids,
      logger: engine.logger,
      options: { ...serverOptions(engine.config), doors },
    });
    const close = closingOf(app, clock);
    const uses = keys.keepUses(stopping.signal);
    return {
      app,
      /** Answers what was asked, ends what waits, and closes; after a while it hangs up. */
      async stop(shut) {
        polls.endAll();
        await stream.stop();
        await close(drainMaxMs(engine.config), shut);
        stopping.abort();
        await uses;
      },
    };
  };
}

/** Health, readiness and metrics of a process that serves no API. */
export function operationsOf(engine: Engine, metrics: PrometheusMetrics): MakeAnswering {
  return ({ readiness }) => {
    watchWork(metrics, engine);
    const app = createOperateServer({ readiness, metrics });
    const close = closingOf(app, engine.clock);
    return Promise.resolve({ app, stop: () => close(drainMaxMs(engine.config)) });
  };
}

const drainMaxMs = ({ shutdownMs }: Config): number => shutdownMs * (1 - ENGINE_SHARE);

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
    reads: new Reads(engine.reading.db, engine.reading.positions, clock, index),
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

function importsOf(engine: Engine): ApiDependencies['imports'] {
  const [adapter] = engine.feedAdapters;
  if (adapter === undefined) throw new Error('There is no feed adapter.');
  return {
    importFeed: (source, options, bytes, context) => {
      const configured = engine.config.feeds.find((feed) => feed.name === source);
      return importFeed(
        {
          source: feedSource(source, { ...configured, ...options }),
          adapter,
          bytes,
          context,
        },
        engine,
      );
    },
    find: async (id: string) => (await engine.imports.find(id))?.result ?? null,
  };
}
