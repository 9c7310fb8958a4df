// Whether DATABASE_READ_URL names what it should: an empty database, or another engine's, answers as well as a replica does.
import { sql } from 'kysely';
import { openDatabase, type Database } from '../adapters/postgres/database.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { Fault } from '../ports/fault.ts';
import { isNoSuchTable } from '../ports/outage.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { livePositions } from '../projections/registry.ts';
import { rootOf } from './connecting.ts';

/** For a replica to hear of the tables that the first start has just made. */
const TABLES_MS_MAX = 10_000;
const LOOK_EVERY_MS = 200;
/** Wrong password, no such database, no right: the server answers, and will not answer otherwise. */
const REFUSES_FOR_GOOD = new Set(['28P01', '28000', '3D000', '42501']);

const NAME_A_REPLICA = 'name a replica of the one that DATABASE_URL names';

type Primary = Pick<Database, 'db'>;

type Reached = ReadonlyMap<string, number>;

/**
 * Refuses with StartRefused what is no replica of this database, and what lets nobody in; throws a Fault where it does not
 * answer. `patientMs`: for how long its tables may be on their way. Gives the position that each view has reached there.
 */
export async function lookAtReplica(
  url: string,
  primary: Primary,
  patientMs = TABLES_MS_MAX,
): Promise<Reached> {
  const { log, reached } = await askReplica(url, patientMs);
  if (log === undefined) throw refusal('has no tables of Fairseat', NAME_A_REPLICA);
  if (log !== null && log !== (await logOfViews(primary, 0)))
    throw refusal('holds views of another event log', NAME_A_REPLICA);
  return reached;
}

async function askReplica(
  url: string,
  patientMs: number,
): Promise<{ log: string | null | undefined; reached: Reached }> {
  const replica = openDatabase(url, { poolMax: 1 });
  try {
    const log = await logOfViews(replica, patientMs);
    return { log, reached: log === undefined ? new Map() : await livePositions(replica.db) };
  } catch (cause) {
    const { code, message } = rootOf(cause) as NodeJS.ErrnoException;
    if (REFUSES_FOR_GOOD.has(code ?? ''))
      throw refusal(`cannot be used (${message})`, 'see that user, password and name are right');
    throw new Fault('DatabaseUnavailable', `The replica does not answer (${message || code}).`, { cause });
  } finally {
    await replica.close();
  }
}

const refusal = (what: string, remedy: string): StartRefused =>
  new StartRefused(
    `DATABASE_READ_URL names a database that ${what}; ${remedy}, or leave it out: DATABASE_URL answers queries then.`,
  );

/** From which log the views were made; null: from none so far; undefined: there are no tables, also not after `patientMs`. */
async function logOfViews({ db }: Primary, patientMs: number): Promise<string | null | undefined> {
  for (const untilMs = systemClock.steady() + patientMs; ;) {
    try {
      const { rows } = await sql<{ log: string }>`select log from views_made_from`.execute(db);
      return rows[0]?.log ?? null;
    } catch (error) {
      if (!isNoSuchTable(rootOf(error))) throw error;
      if (systemClock.steady() >= untilMs) return undefined;
      await systemClock.sleep(LOOK_EVERY_MS);
    }
  }
}
