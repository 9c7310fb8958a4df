// The embedded profile: one process that is the whole engine, over a Postgres of its own or one that is given.
import type { Config } from '../config.ts';
import { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import { connect, databaseUrlOf } from './connecting.ts';
import { DEMO_LOADING, prepareDemo } from './demo.ts';
import { openEntrance } from './entrance.ts';
import { startFeeds } from './feeds.ts';
import { apiOf } from './http.ts';
import { createLogger } from './logging.ts';
import { ENGINE_SHARE, running, showKey, untilReady, type RunningEngine } from './running.ts';

/**
 * Starts everything and resolves when it can serve, or was asked to stop before; refuses with StartRefused what its operator
 * can mend.
 */
export async function startEmbedded(config: Config, asked?: AbortSignal): Promise<RunningEngine> {
  const logger = await createLogger(config);
  return running(logger, async (ends) => {
    const url = await databaseUrlOf(config, logger, ends);
    const metrics = new PrometheusMetrics();
    const engine = await connect({ url, runs: 'start', config, logger, metrics });
    ends.push(() => engine.stop(config.shutdownMs * ENGINE_SHARE));
    const entrance = await openEntrance(engine, { ends, asked }, apiOf(engine, metrics));
    showKey("administrator's", (await engine.apiKeys.ensureAdmin(config.adminApiKey)).made);
    await engine.start();
    entrance.waitsFor(DEMO_LOADING);
    await prepareDemo(engine, asked);
    if (asked?.aborted === true) return '';
    startFeeds(engine, ends);
    entrance.open();
    await untilReady(engine, entrance, asked);
    return entrance.url;
  });
}
