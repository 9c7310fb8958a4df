// The whole engine in this process, over a database of its own: what every HTTP test talks to.
import { startEmbedded } from '../../src/profiles/embedded.ts';
import { loadConfig } from '../../src/config.ts';
import { createDatabase } from '../support/postgres.ts';
import { clientOf } from './client.ts';
import type { Client } from './client.ts';

export const ADMIN_KEY = 'fs_admin_of_the_tests_0123456789abcdef';

export interface RunningEngine {
  readonly url: string;
  readonly databaseUrl: string;
  /** Calls with the administrator's key unless another is given. */
  readonly call: Client;
  /** Stops it and starts it again on the same database, with other settings if given. */
  restart(settings?: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

export async function startEngine(settings: Record<string, string> = {}): Promise<RunningEngine> {
  const database = await createDatabase();
  const start = (more: Record<string, string>) =>
    startEmbedded(
      loadConfig({
        PORT: '0',
        LOG_LEVEL: 'silent',
        DEMO_DATA: 'off',
        RATE_LIMIT: 'off',
        ADMIN_API_KEY: ADMIN_KEY,
        DATABASE_URL: database.url,
        ...settings,
        ...more,
      }),
    );
  let running = await start({});
  return {
    get url() {
      return running.url;
    },
    databaseUrl: database.url,
    call: clientOf(() => running.url, ADMIN_KEY),
    async restart(more = {}) {
      await running.stop();
      running = await start(more);
    },
    async stop() {
      await running.stop();
      await database.drop();
    },
  };
}
