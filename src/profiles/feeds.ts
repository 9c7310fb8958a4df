// Feeds on a schedule, as the FEEDS setting lists them: the scheduler over an engine's adapters, store and log.
import type { Logger } from 'pino';
import { feedSource, importFeed } from '../commands/import/feed.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { runFeedScheduler } from '../workers/feed-scheduler.ts';
import type { FeedRun, ScheduledFeed } from '../workers/feed-scheduler.ts';
import type { Engine } from './engine.ts';
import type { Ends } from './running.ts';

/** Every feed's cron begins to run; its end ends a run under way after the events it is at. Refuses a feed without an adapter. */
export function startFeeds(engine: Engine, ends: Ends): void {
  const { clock, imports, config, logger } = engine;
  const feeds = config.feeds.map((feed): ScheduledFeed => {
    const adapter = engine.feedAdapters.find((known) => known.name === feed.adapter);
    if (adapter) return { ...feed, adapter };
    const names = engine.feedAdapters.map((known) => known.name).join(', ');
    throw new StartRefused(
      `FEEDS names the adapter "${feed.adapter}" for ${feed.name}; it may name ${names}.`,
    );
  });
  const stopping = new AbortController();
  const running = runFeedScheduler(
    feeds,
    {
      clock,
      store: imports,
      // Loaded for the first feed: most processes fetch none.
      fetchFeed: async (url, options) => {
        const { createFetchFeed } = await import('../adapters/feeds/fetch-feed.ts');
        return createFetchFeed({ allowPrivateAddresses: config.feedsAllowPrivate })(url, options);
      },
      importFeed: (run, signal) => imported(engine, run, signal),
      onRun: ({ name }, outcome) => logRun(logger, name, outcome),
    },
    stopping.signal,
  );
  ends.push(() => {
    stopping.abort();
    return running;
  });
}

async function imported(
  engine: Engine,
  { feed, importId, bytes }: FeedRun,
  signal: AbortSignal,
): Promise<object> {
  const context = { commandId: importId, requestHash: 'scheduled', correlationId: importId };
  const outcome = await importFeed(
    { source: feedSource(feed.name, feed), adapter: feed.adapter, bytes, context, signal },
    engine,
  );
  if (!outcome.ok) throw new Error(outcome.rejection.detail);
  const { rejected, ...counts } = outcome.value;
  return { ...counts, rejected: rejected.length };
}

function logRun(logger: Logger, feed: string, outcome: { result: unknown } | { error: unknown }): void {
  if ('error' in outcome)
    logger.error(
      { feed, err: outcome.error },
      'A feed could not be imported; it is tried again at its next time.',
    );
  else logger.info({ feed, import: outcome.result }, 'A feed was imported.');
}
