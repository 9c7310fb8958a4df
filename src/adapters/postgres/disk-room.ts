// Whether Postgres still finds room on its disk. A full one shows in nothing but writes: it answers every question as before.
import { sql } from 'kysely';
import type { Database } from './database.ts';

const DISK_FULL = '53100';

/**
 * Null, or what Postgres says where less than a megabyte is left beside its tables. It writes that much into a file of its
 * own, which a result does that has no place in memory, and which leaves nothing behind. Throws whatever else goes wrong.
 */
export async function whyNoRoom({ db }: Pick<Database, 'db'>): Promise<string | null> {
  try {
    await db.transaction().execute(async (tx) => {
      await sql`set local work_mem = '64kB'`.execute(tx);
      // Where the tables are, not where such files are sent otherwise.
      await sql`set local temp_tablespaces = ''`.execute(tx);
      await sql`
        with filling as materialized (select repeat('.', 1000) as line from generate_series(1, 1000))
        select count(line) from filling`.execute(tx);
    });
    return null;
  } catch (error) {
    if ((error as { code?: unknown }).code === DISK_FULL) return (error as Error).message;
    throw error;
  }
}
