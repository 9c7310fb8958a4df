// Search in OpenSearch, where the settings name one: what answers questions, and the indexer that keeps it in step.
import { MemoryLeaseStore } from '../adapters/memory/memory-lease-store.ts';
import { PostgresLeaseStore } from '../adapters/postgres/postgres-lease-store.ts';
import type { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import { openSearch } from '../adapters/opensearch/opensearch.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { Config } from '../config.ts';
import { Fault } from '../ports/fault.ts';
import { identityOf } from '../ports/log-identity.ts';
import { logOfDocuments } from '../ports/search-documents.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import { ownIndex, type Serving } from '../queries/search/own-index.ts';
import { postgresSearch } from '../queries/search/postgres-search.ts';
import { searchOrElse } from '../queries/search/search-fallback.ts';
import { SearchIndexer } from '../workers/search-indexer.ts';
import type { Engine } from './engine.ts';
import { watchIndexer } from './gauges.ts';
import type { Ends } from './running.ts';

const REBUILD_POLL_MS = 200;

export type OpenSearch = ReturnType<typeof openSearch>;

/** null: Postgres answers. Connects when it is first used, so that nothing but search rests on it. */
export function openIndex({ opensearchUrl, opensearchIndex }: Config, ends: Ends): OpenSearch | null {
  if (opensearchUrl === undefined) return null;
  const opened = openSearch({ url: opensearchUrl, alias: opensearchIndex, clock: systemClock });
  ends.push(() => opened.close());
  return opened;
}

/** What answers searches while OpenSearch is there, and while it is away. */
export function searchIn({ index, generations }: OpenSearch, engine: Engine): SearchIndex {
  const { config, clock, reading, log } = engine;
  let known: string | null = null;
  const serving = async (): Promise<Serving> => {
    const found = await generations.serving();
    if (found === null) return 'outdated';
    if (found === 'newer') return 'newer';
    if (found.origin === null) return 'ours';
    return logOfDocuments(found.origin) === (known ??= await identityOf(log)) ? 'ours' : 'foreign';
  };
  const own = ownIndex(index, serving, clock);
  if (config.searchFallback === 'off') return own;
  return searchOrElse(own, postgresSearch(reading.db, reading.positions), clock);
}

export function startIndexer(
  engine: Engine,
  search: OpenSearch,
  metrics: PrometheusMetrics,
  ends: Ends,
): void {
  const indexer = new SearchIndexer({
    ...indexed(engine, search),
    leases: new PostgresLeaseStore(engine.database.db),
  });
  watchIndexer(metrics, indexer);
  ends.push(() => indexer.stop());
  indexer.start();
}

/**
 * Builds the index anew beside the one that serves; resolves when the new one serves and the old one is gone. An indexer
 * at work elsewhere goes over to it by itself. Throws the first Fault there is.
 */
export async function rebuildIndex(
  engine: Engine,
  search: OpenSearch,
  onProgress: (done: number, total: number) => void,
): Promise<{ readonly generation: string; readonly position: number }> {
  const { clock } = engine;
  const serving = async () => {
    const found = await search.generations.serving();
    return found === 'newer' ? null : found;
  };
  const before = await serving();
  const total = await engine.log.lastPosition();
  const failed = Promise.withResolvers<never>();
  const indexer = new SearchIndexer({
    ...indexed(engine, search),
    leases: new MemoryLeaseStore(clock),
    onFault: failed.reject,
    onStandBy: (why) => failed.reject(new Fault('SearchUnavailable', why)),
  });
  const switched = async () => {
    for (;;) {
      const now = await serving();
      if (now !== null && now.name !== before?.name)
        return { generation: now.name, position: await now.progress() };
      onProgress(Math.min(indexer.state.position, total), total);
      await clock.sleep(REBUILD_POLL_MS);
    }
  };
  indexer.rebuild();
  indexer.start();
  try {
    return await Promise.race([switched(), failed.promise]);
  } finally {
    await indexer.stop();
  }
}

/** From the primary: a document says what was so at a position, which a replica may not have reached. */
function indexed({ database, log, projector, clock, ids, logger }: Engine, { generations }: OpenSearch) {
  return {
    db: database.db,
    log,
    views: projector.positions,
    generations,
    clock,
    ids,
    onFault: (error: unknown) => logger.warn({ err: error }, 'The search indexer failed and tries again.'),
    onStandBy: (why: string) => logger.warn(why),
    onRefused: (refused: object) =>
      logger.error({ ...refused }, 'OpenSearch does not take an event: it cannot be found by searching.'),
  };
}
