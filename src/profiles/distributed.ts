// The distributed profile: the same engine, whose parts may run as processes of their own. Each has health, readiness and
// metrics over HTTP and ends what it has begun; `start` is all of them in one process.
import type { Logger } from 'pino';
import { PostgresLeaseStore } from '../adapters/postgres/postgres-lease-store.ts';
import { PostgresRelayProgressStore } from '../adapters/postgres/postgres-relay-progress-store.ts';
import { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import type { Config } from '../config.ts';
import type { EventFeed } from '../ports/event-feed.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { Relay } from '../workers/relay.ts';
import { connect, databaseUrlOf } from './connecting.ts';
import { DEMO_LOADING, prepareDemo } from './demo.ts';
import { fedBy, openFeed, openLog, warnOfClearPassword, warnOfPostgresLog } from './distributed-adapters.ts';
import type { Engine } from './engine.ts';
import { openEntrance } from './entrance.ts';
import { feedReadinessOf } from './feed-readiness.ts';
import { startFeeds } from './feeds.ts';
import { watchRelay } from './gauges.ts';
import { apiOf, operationsOf } from './http.ts';
import { createLogger } from './logging.ts';
import { lookAtReplica } from './replica.ts';
import {
  ENGINE_SHARE,
  logAnswers,
  running,
  showKey,
  untilReady,
  type Ends,
  type Listening,
  type RunningEngine,
} from './running.ts';
import { openIndex, searchIn, startIndexer } from './search.ts';

export const ROLES = ['api', 'relay', 'projector', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Starts one role, or all in one process; resolves when it can work, or was asked to stop before. Refuses with StartRefused
 * what its operator can mend.
 */
export async function startDistributed(
  config: Config,
  roles: readonly Role[] = ROLES,
  asked?: AbortSignal,
): Promise<RunningEngine> {
  if (roles.length < ROLES.length && config.databaseUrl === undefined)
    throw new StartRefused(
      'DATABASE_URL is not set; processes of several roles share one Postgres, which it names.',
    );
  const role = roles.length === 1 ? roles[0] : 'all';
  const logger = (await createLogger(config)).child({ role });
  return running(logger, async (ends) => {
    const begun = await start(config, new Set(roles), logger, { ends, asked });
    if (begun === null) return '';
    const [engine, listening] = begun;
    await untilReady(engine, listening, asked);
    return listening.url;
  });
}

/** null: it was asked to stop before it could begin. */
async function start(
  config: Config,
  roles: ReadonlySet<Role>,
  logger: Logger,
  { ends, asked }: { readonly ends: Ends; readonly asked: AbortSignal | undefined },
): Promise<[Engine, Listening] | null> {
  const url = await databaseUrlOf(config, logger, ends);
  warnOfPostgresLog(config, logger);
  const meetsBrokers = roles.has('relay') || roles.has('projector');
  if (meetsBrokers) warnOfClearPassword(config, logger);
  const feed = meetsBrokers ? await openFeed(config, ends) : null;
  const search = openIndex(config, ends);
  const metrics = new PrometheusMetrics();
  const adapters = {
    ...openLog(config, url, ends),
    ...(feed && { viewFeed: fedBy(feed, roles.has('api')) }),
  };
  const readUrl = config.databaseReadUrl;
  const runs = roles.size < ROLES.length ? [...roles].join(' and ') : 'start';
  const engine = await connect({ url, readUrl, runs, config, logger, metrics, adapters });
  ends.push(() => engine.stop(config.shutdownMs * ENGINE_SHARE));
  if (readUrl !== undefined && roles.has('api')) await tellOfReplica(readUrl, engine);
  const answering = roles.has('api')
    ? apiOf(engine, metrics, search ? searchIn(search, engine) : undefined)
    : operationsOf(engine, metrics);
  const entrance = await openEntrance(engine, { ends, asked }, answering);
  // Seat maps and workers begin at the end of the log, and others find it when it comes.
  if ((roles.has('api') || roles.has('worker')) && !(await logAnswers(engine, asked))) return null;
  if (roles.has('api'))
    showKey("administrator's", (await engine.apiKeys.ensureAdmin(config.adminApiKey)).made);
  await engine.start({
    projects: roles.has('projector'),
    shows: roles.has('api'),
    sweeps: roles.has('worker'),
  });
  const relay = feed && roles.has('relay') ? startRelay(engine, feed, metrics, ends) : null;
  if (search && roles.has('projector')) startIndexer(engine, search, metrics, ends);
  if (roles.has('worker')) {
    entrance.waitsFor(DEMO_LOADING);
    await prepareDemo(engine, asked);
    if (asked?.aborted === true) return null;
    startFeeds(engine, ends);
  }
  entrance.open(feed ? feedReadinessOf(feed, engine.clock, relay) : undefined);
  return [engine, entrance];
}

/** Refuses what is no replica; one that is away may come back, and commands need none. */
async function tellOfReplica(url: string, { database, logger }: Engine): Promise<void> {
  try {
    await lookAtReplica(url, database);
  } catch (err) {
    if (err instanceof StartRefused) throw err;
    logger.warn(
      { err },
      'The replica that DATABASE_READ_URL names does not answer, so that lists and searches are refused; see that it runs and can be reached.',
    );
  }
}

function startRelay(engine: Engine, feed: EventFeed, metrics: PrometheusMetrics, ends: Ends): Relay {
  const { log, clock, ids, database, logger } = engine;
  const relay = new Relay({
    log,
    feed,
    leases: new PostgresLeaseStore(database.db),
    progress: new PostgresRelayProgressStore(database.db),
    clock,
    ids,
    onFault: (error) => logger.warn({ err: error }, 'The relay failed and tries again.'),
  });
  watchRelay(metrics, relay);
  ends.push(() => relay.stop());
  relay.start();
  return relay;
}
