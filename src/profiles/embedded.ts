// The embedded profile: one process that is the whole engine, over a Postgres of its own or one that is given.
import type { Config } from '../config.ts';
import { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import { connect, databaseUrlOf } from './connecting.ts';
import { prepareDemo } from './demo.ts';
import { startFeeds } from './feeds.ts';
import { listen, openHttp } from './http.ts';
import { createLogger } from './logging.ts';
import { running, sayReady, untilReady, type RunningEngine } from './running.ts';

export type { RunningEngine } from './running.ts';

/** What must remain of SHUTDOWN_MS, after the last answers, to finish the engine's own work. */
const ENGINE_SHARE = 0.3;

/** Starts everything and resolves when it can serve; refuses with StartRefused what its operator can mend. */
export function startEmbedded(config: Config): Promise<RunningEngine> {
  const logger = createLogger(config);
  return running(logger, async (ends) => {
    const url = await databaseUrlOf(config, logger, ends);
    const metrics = new PrometheusMetrics();
    const engine = await connect({ url, config, logger, metrics });
    ends.push(() => engine.stop(config.shutdownMs * ENGINE_SHARE));
    const admin = await engine.apiKeys.ensureAdmin(config.adminApiKey);
    await engine.start();
    const demoKey = await prepareDemo(engine);
    const feeds = startFeeds(engine, config.feedsAllowPrivate);
    ends.push(() => feeds.stop());
    const http = await openHttp(engine, metrics);
    ends.push(() => http.stop(config.shutdownMs * (1 - ENGINE_SHARE)));
    const address = await listen(http.app, config);
    await untilReady(engine, http, logger);
    sayReady(logger, address, { admin: admin.made, demo: demoKey });
    return address;
  });
}
