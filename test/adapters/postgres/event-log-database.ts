// A migrated database with event logs on it, each standing for a process, and a plain connection to disturb them with.
import pg from 'pg';
import { expect, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { migrate } from '../../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../../src/adapters/postgres/postgres-event-log.ts';
import { createDatabase } from '../../support/postgres.ts';

export interface LogDatabase {
  readonly url: string;
  /** @param through another way to the same database */
  openLog(through?: string): PostgresEventLog;
  connect(): Promise<pg.Client>;
}

/** For one test: everything is closed and dropped when it is over. */
export async function logDatabase(): Promise<LogDatabase> {
  const created = await createDatabase();
  const { url } = created;
  onTestFinished(() => created.drop());
  const { db, close } = openDatabase(url, { poolMax: 2 });
  await migrate(db);
  await close();
  return {
    url,
    openLog(through = url) {
      const log = new PostgresEventLog(through);
      onTestFinished(() => log.close());
      return log;
    },
    async connect() {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => {});
      await client.connect();
      onTestFinished(() => client.end());
      return client;
    },
  };
}

/** From now on an append of events of type `Slow` waits, in the middle of its transaction, until the lock is given free. */
export async function holdSlowAppends(client: pg.Client): Promise<() => Promise<void>> {
  await client.query(`
    create function wait_for_test() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(815); return new; end $$;
    create trigger wait_for_test before insert on events
      for each row when (new.type = 'Slow') execute function wait_for_test();
    select pg_advisory_lock(815)`);
  return async () => {
    await client.query('select pg_advisory_unlock(815)');
  };
}

/** Resolves once so many sessions of the database wait for a lock that another has: each append that is held up is one. */
export async function waitingForLocks(client: pg.Client, count: number): Promise<void> {
  const waiting = async () => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]!.n;
  };
  await expect.poll(waiting, { interval: 10 }).toBe(count);
}
