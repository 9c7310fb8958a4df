// An event log by its address, whatever technology keeps it.
import { openEventStoreDb } from '../adapters/eventstoredb/eventstoredb.ts';
import { openDatabase } from '../adapters/postgres/database.ts';
import { migrate } from '../adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../adapters/postgres/postgres-event-log.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { withEngine } from './command-line.ts';

/** Runs `work` on the log at an address, or on the one of the settings, and closes it. Throws StartRefused for a bad address. */
export async function withEventLog<T>(
  address: string | undefined,
  work: (log: EventLog, clock: Clock) => Promise<T>,
): Promise<T> {
  if (address === undefined) return withEngine(({ engine }) => work(engine.log, engine.clock));
  const log = await openEventLog(address);
  try {
    return await work(log, systemClock);
  } finally {
    await log.close();
  }
}

/** Of `esdb://…`, `esdb+discover://…` or `postgres://…`; the database is migrated. */
async function openEventLog(address: string): Promise<EventLog> {
  const scheme = /^([a-z+]+):\/\//.exec(address)?.[1] ?? '';
  if (['esdb', 'esdb+discover'].includes(scheme)) return openEventStoreDb(address).log;
  if (!['postgres', 'postgresql'].includes(scheme))
    throw new StartRefused(
      'The address of an event log begins with esdb://, esdb+discover:// or postgres://.',
    );
  // The address has a password in it, so no sentence repeats it.
  if (!URL.canParse(address))
    throw new StartRefused(
      'The address of an event log is no URL such as postgres://user:password@host:5432/name; write "#", "/" and "@" in a password as %23, %2F and %40.',
    );
  const { db, close } = openDatabase(address, { poolMax: 1 });
  try {
    await migrate(db);
  } catch (error) {
    const { host } = new URL(address);
    throw new StartRefused(
      `The database at ${host} cannot be used (${(error as Error).message}); see that it runs, and that user, password and name are right.`,
    );
  } finally {
    await close();
  }
  return new PostgresEventLog(address);
}
