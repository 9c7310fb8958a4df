// What a command of the command line works with: the engine on the database of the settings, also while a server runs on
// it. Without a server the embedded Postgres is started for the command and stopped after it.
import { pino, type Logger } from 'pino';
import { hasLeft, runningEmbeddedPostgres } from '../adapters/postgres/embedded/running.ts';
import { createFetchFeed } from '../adapters/feeds/fetch-feed.ts';
import { loadConfig, settingSources, withEnvFile, type Config, type SettingSource } from '../config.ts';
import { connect, databaseUrlOf } from './connecting.ts';
import { openLog } from './distributed-adapters.ts';
import type { Engine } from './engine.ts';
import { endAll, type Ends } from './running.ts';
import { openIndex, type OpenSearch } from './search.ts';

const DRAIN_MS_MAX = 5_000;

export interface Session {
  readonly engine: Engine;
  readonly config: Config;
  /** Whether an engine is serving this data folder meanwhile. */
  readonly beside: boolean;
  /** Whether the engine whose embedded Postgres is used has stopped since: nothing answers at that address any more. */
  readonly hasLeft: () => Promise<boolean>;
  /** null where searches are answered by Postgres. */
  readonly search: OpenSearch | null;
  readonly createFetchFeed: typeof createFetchFeed;
}

/** Runs `work` on an engine that only decides and reads: nothing is projected here, a running server does that. */
export async function withEngine<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const config = configInForce();
  const logger = quietLogger();
  const ends: Ends = [];
  try {
    const answer = await worked(work, config, logger, ends);
    await endAll(ends);
    return answer;
  } catch (error) {
    await endAll(ends).catch((err: unknown) => logger.warn({ err }, 'Something could not be ended.'));
    throw error;
  }
}

async function worked<T>(
  work: (session: Session) => Promise<T>,
  config: Config,
  logger: Logger,
  ends: Ends,
): Promise<T> {
  const embedded = config.databaseUrl === undefined ? await runningEmbeddedPostgres(config.dataDir) : null;
  const running = config.databaseUrl ?? embedded;
  const url = running ?? (await databaseUrlOf(config, logger, ends));
  const distributed = config.profile === 'distributed';
  const adapters = distributed ? openLog(config, url, ends) : null;
  const engine = await connect({ url, config, logger, ...(adapters && { adapters }) });
  ends.push(() => engine.stop(DRAIN_MS_MAX));
  await engine.projector.start({ run: false });
  const search = distributed ? openIndex(config, ends) : null;
  return work({
    engine,
    config,
    beside: running !== null,
    hasLeft: async () => embedded !== null && (await hasLeft(config.dataDir, embedded)),
    search,
    createFetchFeed,
  });
}

/** Warnings only, on the error stream: what a command prints is its answer. */
function quietLogger(): Logger {
  return pino({ level: 'warn', base: null }, pino.destination({ dest: 2, sync: true }));
}

/** The settings of every command; StartRefused where one cannot be used. */
export const configInForce = (): Config => loadConfig(withEnvFile(process.env));

/** Every setting with where its value comes from; secrets are masked. */
export const settingsInForce = (): SettingSource[] => settingSources(process.env);
