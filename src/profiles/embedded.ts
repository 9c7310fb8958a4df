// The embedded profile: one process that is the whole engine, over a Postgres of its own or one that is given.
import type { Logger } from 'pino';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded-server.ts';
import { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import type { Config } from '../config.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { prepareDemo } from './demo.ts';
import { openEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { startFeeds } from './feeds.ts';
import { listen, openHttp } from './http.ts';
import type { HttpSide } from './http.ts';
import { createLogger } from './logging.ts';

const READY_POLL_MS = 50;
/** What must remain of SHUTDOWN_MS, after the last answers, to finish the engine's own work. */
const ENGINE_SHARE = 0.3;

export interface RunningEngine {
  readonly url: string;
  /** Drains and stops everything, within SHUTDOWN_MS and what Postgres takes to stop; safe to call twice. */
  stop(): Promise<void>;
}

/** Starts everything and resolves when it can serve; refuses with StartRefused what its operator can mend. */
export async function startEmbedded(config: Config): Promise<RunningEngine> {
  const logger = createLogger(config);
  const ends: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
  };
  try {
    const databaseUrl = config.databaseUrl ?? (await ownPostgres(config, logger, ends));
    const metrics = new PrometheusMetrics();
    const engine = await connect(databaseUrl, config, logger, metrics);
    ends.push(() => engine.stop(config.shutdownMs * ENGINE_SHARE));
    const admin = await engine.apiKeys.ensureAdmin(config.adminApiKey);
    await engine.start();
    const demoKey = await prepareDemo(engine);
    const feeds = startFeeds(engine, config.feedsAllowPrivate);
    ends.push(() => feeds.stop());
    const http = await openHttp(engine, metrics);
    ends.push(() => http.stop(config.shutdownMs * (1 - ENGINE_SHARE)));
    const url = await listen(http.app, config);
    await untilReady(engine, http, logger);
    if (admin.made !== null)
      process.stdout.write(`The administrator's API key, shown this once: ${admin.made}\n`);
    if (demoKey !== null) process.stdout.write(`The demo organiser's API key, shown this once: ${demoKey}\n`);
    if (logger.isLevelEnabled('info')) logger.info(`Fairseat is ready at ${url}`);
    else process.stdout.write(`Fairseat is ready at ${url}\n`);
    let stopped: Promise<void> | null = null;
    return { url, stop: () => (stopped ??= stopAll().then(() => logger.info('Fairseat has stopped.'))) };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function ownPostgres(config: Config, logger: Logger, ends: (() => Promise<void>)[]): Promise<string> {
  const postgres = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: (message) => logger.info(message),
  });
  ends.push(() => postgres.stop());
  return postgres.socketUrl;
}

async function connect(
  url: string,
  config: Config,
  logger: Logger,
  metrics: PrometheusMetrics,
): Promise<Engine> {
  try {
    return await openEngine(url, config, logger, metrics);
  } catch (error) {
    const { code, message } = rootOf(error) as NodeJS.ErrnoException;
    const refused =
      config.databaseUrl !== undefined &&
      (CANNOT_CONNECT.has(code ?? '') || /timeout|terminated/i.test(message));
    throw refused
      ? new StartRefused(
          `DATABASE_URL names a database that cannot be used (${message || code}); see that it runs, and that user, password and name are right.`,
        )
      : error;
  }
}

/** What went wrong first. */
const rootOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error;

/** Of the system, and Postgres' own: wrong password, no such database, no right, no more connections. */
const CANNOT_CONNECT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ECONNRESET',
  'EAI_AGAIN',
  '28P01',
  '28000',
  '3D000',
  '42501',
  '53300',
  '57P03',
]);

async function untilReady({ clock }: Engine, http: HttpSide, logger: Logger): Promise<void> {
  let said: string | null = null;
  for (let reason = await http.readiness(); reason !== null; reason = await http.readiness()) {
    if (reason !== said) logger.warn(`Not ready yet: ${reason}`);
    said = reason;
    await clock.sleep(READY_POLL_MS);
  }
}
