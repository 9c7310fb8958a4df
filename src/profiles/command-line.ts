// What a command of the command line works with: the engine on the database of the settings, also while a server runs on
// it. Without a server the embedded Postgres is started for the command and stopped after it.
import { pino, type Logger } from 'pino';
import { hasLeft } from '../adapters/postgres/embedded/running.ts';
import { createFetchFeed } from '../adapters/feeds/fetch-feed.ts';
import {
  loadConfig,
  mistypedSettings,
  settingSources,
  withEnvFile,
  type Config,
  type SettingSource,
} from '../config.ts';
import { databaseOfCommand, Interrupted, type CommandDatabase } from './command-database.ts';
import { connect } from './connecting.ts';
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

/**
 * Runs `work` on an engine that only decides and reads: nothing is projected here, a running server does that. Work that
 * `follows` ends by itself when it is asked to, and when its Postgres goes: no other command waits for it.
 */
export async function withEngine<T>(
  work: (session: Session) => Promise<T>,
  { follows = false } = {},
): Promise<T> {
  const config = configInForce();
  const logger = quietLogger();
  const ends: Ends = [];
  try {
    const database = await databaseOfCommand(config, { logger, ends, follows });
    // Twice, so that work that was not begun when a signal came is not begun any more.
    const session = await database.whileThere(openSession({ config, logger, ends, database }));
    const answer = await database.whileThere(work(session));
    await endAll(ends);
    return answer;
  } catch (error) {
    await endAll(ends).catch((err: unknown) => logger.warn({ err }, 'Something could not be ended.'));
    if (error instanceof Interrupted) process.exit(error.exitCode);
    throw error;
  }
}

async function openSession({
  config,
  logger,
  ends,
  database: { url, beside, embedded },
}: {
  readonly config: Config;
  readonly logger: Logger;
  readonly ends: Ends;
  readonly database: CommandDatabase;
}): Promise<Session> {
  const distributed = config.profile === 'distributed';
  const adapters = distributed ? openLog(config, url, ends) : null;
  const engine = await connect({ url, config, logger, ...(adapters && { adapters }) });
  ends.push(() => engine.stop(DRAIN_MS_MAX));
  await engine.projector.start({ run: false });
  return {
    engine,
    config,
    beside,
    hasLeft: async () => embedded && (await hasLeft(config.dataDir, url)),
    search: distributed ? openIndex(config, ends) : null,
    createFetchFeed,
  };
}

/** Warnings only, on the error stream: what a command prints is its answer. */
function quietLogger(): Logger {
  return pino({ level: 'warn', base: null }, pino.destination({ dest: 2, sync: true }));
}

/** The settings of every command; StartRefused where one cannot be used. */
export const configInForce = (): Config => loadConfig(withEnvFile(process.env));

/** See mistypedSettings. */
export const mistypedInForce = (): string[] => mistypedSettings(withEnvFile(process.env));

/** Every setting with where its value comes from; secrets are masked. */
export const settingsInForce = (): SettingSource[] => settingSources(process.env);
