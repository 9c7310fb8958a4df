// Reaching the database of a profile: its own Postgres or one that is given, with a sentence where that cannot be used.
import type { Logger } from 'pino';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded-server.ts';
import type { Config } from '../config.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { openEngine, type Engine, type EngineOptions } from './engine.ts';
import type { Ends } from './running.ts';

/** Where DATABASE_URL is not set: the Postgres of the data folder, which ends with this process. */
export async function databaseUrlOf(config: Config, logger: Logger, ends: Ends): Promise<string> {
  if (config.databaseUrl !== undefined) return config.databaseUrl;
  const postgres = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: (message) => logger.info(message),
  });
  ends.push(() => postgres.stop());
  return postgres.socketUrl;
}

/** Refuses a given database that cannot be used. */
export async function connect(options: EngineOptions): Promise<Engine> {
  try {
    return await openEngine(options);
  } catch (error) {
    const { code, message } = rootOf(error) as NodeJS.ErrnoException;
    const refused =
      options.config.databaseUrl !== undefined &&
      (CANNOT_CONNECT.has(code ?? '') || /timeout|terminated/i.test(message));
    throw refused
      ? new StartRefused(
          `DATABASE_URL names a database that cannot be used (${message || code}); see that it runs, and that user, password and name are right.`,
        )
      : error;
  }
}

/** What went wrong first. */
export const rootOf = (error: unknown): unknown =>
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
