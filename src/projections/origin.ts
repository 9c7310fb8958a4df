// Which log the views of a database were made from. In another one the same positions are other events: views would stand
// still, or lack what lies before where they believe to be, without a sign.
import { sql } from 'kysely';
import type { EventLog } from '../ports/event-log.ts';
import { identityOf } from '../ports/log-identity.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { schemaOf, type Db, type Tx } from './projection.ts';
import { generations, rebuildLock } from './registry.ts';

/**
 * Refuses a log that the views were not made from, with StartRefused; notes it where that is not known yet. True: it is
 * known now; false: the log is empty, and so are the views.
 */
export async function assertMadeFrom(db: Db, log: Pick<EventLog, 'readAll'>): Promise<boolean> {
  const { identity, known, isOther } = await compared(db, log);
  if (isOther)
    throw new StartRefused(
      'The views in this database were made from another event log than the one that is set. Give this log a database of its own (DATABASE_URL), or stop every process, run "fairseat projections forget", and they are made anew from this log.',
    );
  if (identity === null) return false;
  if (known === null)
    await sql`insert into views_made_from (log) values (${identity}) on conflict do nothing`.execute(db);
  return true;
}

/** Whether the views were made from another log; notes nothing. */
export const areOfAnother = async (db: Db, log: Pick<EventLog, 'readAll'>): Promise<boolean> =>
  (await compared(db, log)).isOther;

async function compared(db: Db, log: Pick<EventLog, 'readAll'>) {
  const identity = await identityOf(log);
  const { rows } = await sql<{ log: string | null; furthest: number }>`
    select (select log from views_made_from) as log,
      coalesce((select max(position) from projections), 0)::float8 as furthest`.execute(db);
  const { log: known, furthest } = rows[0]!;
  const isOther = identity === null ? known !== null || furthest > 0 : known !== null && known !== identity;
  return { identity, known, isOther };
}

const RUNNING = 'fairseat running ';

/** Under which name of its connections a process is known that runs on a database: as what it was started. */
export const nameOfRunning = (startedAs: string): string => RUNNING + startedAs;

/**
 * Forgets every view, how far workers have come, and what was published to a feed. Refuses with StartRefused while a process
 * runs on them or one of them is rebuilt: it would read from tables that are gone, and write to those that come after.
 */
export async function forgetViews(db: Db): Promise<void> {
  const { rows: running } = await sql<{ name: string }>`
    select distinct substr(application_name, ${RUNNING.length + 1}) as name from pg_stat_activity
    where datname = current_database() and starts_with(application_name, ${RUNNING}) order by name`.execute(
    db,
  );
  if (running.length > 0)
    throw new StartRefused(
      `The views are in use: "fairseat ${running.map(({ name }) => name).join('", "fairseat ')}" runs on this database. Stop every process on it first.`,
    );
  await db.transaction().execute(async (tx) => {
    const all = await generations(tx);
    await refuseWhileRebuilt(
      tx,
      all.map(({ name }) => name),
    );
    for (const generation of all)
      await sql`drop schema if exists ${sql.id(schemaOf(generation))} cascade`.execute(tx);
    for (const table of [
      'parked',
      'projection_partitions',
      'projections',
      'relay_progress',
      'worker_checkpoints',
      'views_made_from',
    ])
      await sql`delete from ${sql.id(table)}`.execute(tx);
  });
}

/** Until the transaction ends, none can be. */
async function refuseWhileRebuilt(tx: Tx, names: readonly string[]): Promise<void> {
  for (const name of new Set(names)) {
    const { rows } = await sql<{
      free: boolean;
    }>`select pg_try_advisory_xact_lock(${rebuildLock(name)}) as free`.execute(tx);
    if (!rows[0]!.free)
      throw new StartRefused(
        `The view "${name}" is being rebuilt (fairseat projections rebuild); wait for it to end, or stop it.`,
      );
  }
}
