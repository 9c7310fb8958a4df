// Which log the views of a database were made from. In another one the same positions are other events: views would stand
// still, or lack what lies before where they believe to be, without a sign.
import { sql } from 'kysely';
import type { EventLog } from '../ports/event-log.ts';
import { identityOf } from '../ports/log-identity.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { schemaOf, type Db } from './projection.ts';
import { generations } from './registry.ts';

/**
 * Refuses a log that the views were not made from, with StartRefused; notes it where that is not known yet. True: it is
 * known now; false: the log is empty, and so are the views.
 */
export async function assertMadeFrom(db: Db, log: Pick<EventLog, 'readAll'>): Promise<boolean> {
  const identity = await identityOf(log);
  const { rows } = await sql<{ log: string | null; furthest: number }>`
    select (select log from views_made_from) as log,
      coalesce((select max(position) from projections), 0)::float8 as furthest`.execute(db);
  const { log: known, furthest } = rows[0]!;
  if (identity === null ? known !== null || furthest > 0 : known !== null && known !== identity)
    throw new StartRefused(
      'The views in this database were made from another event log than the one that is set. Give this log a database of its own (DATABASE_URL), or stop every process, run "fairseat projections forget", and they are made anew from this log.',
    );
  if (identity === null) return false;
  if (known === null)
    await sql`insert into views_made_from (log) values (${identity}) on conflict do nothing`.execute(db);
  return true;
}

/** Forgets every view, how far workers have come, and what was published to a feed. While nothing else runs. */
export async function forgetViews(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    for (const generation of await generations(tx))
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
