// What a command of the command line works with: the engine on the database of the settings, also while a server runs on
// it. Without a server the embedded Postgres is started for the command and stopped after it.
import { pino, type Logger } from 'pino';
import { runningEmbeddedPostgres } from '../adapters/postgres/embedded/running.ts';
import { createFetchFeed } from '../adapters/feeds/fetch-feed.ts';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded-server.ts';
import { loadConfig, settingSources, withEnvFile, type Config, type SettingSource } from '../config.ts';
import { openLog } from './distributed-adapters.ts';
import { openEngine, type Engine } from './engine.ts';
import type { Ends } from './running.ts';
import { openIndex, type OpenSearch } from './search.ts';

const DRAIN_MS_MAX = 5_000;

export interface Session {
  readonly engine: Engine;
  readonly config: Config;
  /** Whether an engine is serving this data folder meanwhile. */
  readonly beside: boolean;
  /** null where searches are answered by Postgres. */
  readonly search: OpenSearch | null;
  readonly createFetchFeed: typeof createFetchFeed;
}

/** Runs `work` on an engine that only decides and reads: nothing is projected here, a running server does that. */
export async function withEngine<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const config = loadConfig(withEnvFile(process.env));
  const logger = quietLogger();
  const running = config.databaseUrl ?? runningEmbeddedPostgres(config.dataDir);
  const own =
    running === null
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, log: (message) => logger.info(message) })
      : null;
  const url = own?.socketUrl ?? running!;
  const ends: Ends = [];
  try {
    const distributed = config.profile === 'distributed';
    const engine = await openEngine({
      url,
      config,
      logger,
      ...(distributed && { adapters: openLog(config, url, ends) }),
    });
    try {
      await engine.projector.start({ run: false });
      const search = distributed ? openIndex(config, ends) : null;
      return await work({ engine, config, beside: own === null, search, createFetchFeed });
    } finally {
      await engine.stop(DRAIN_MS_MAX);
    }
  } finally {
    for (const end of ends) await end();
    await own?.stop();
  }
}

/** Warnings only, on the error stream: what a command prints is its answer. */
function quietLogger(): Logger {
  return pino({ level: 'warn', base: null }, pino.destination({ dest: 2, sync: true }));
}

/** Every setting with where its value comes from; secrets are masked. */
export const settingsInForce = (): SettingSource[] => settingSources(process.env);
