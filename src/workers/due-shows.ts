// What is held at the moment at which a process starts: from the view of holds, so that a restart reads one row a show
// and not the whole log.
import { sql, type Kysely } from 'kysely';

export interface DueShow {
  readonly showId: string;
  /** The earliest `until` of what is held there. */
  readonly dueMs: number;
}

export interface DueShows {
  /** Every show that holds something as of `position`, perhaps some that no longer do; later holds are in the log after it. */
  read(): Promise<{ readonly position: number; readonly shows: readonly DueShow[] }>;
}

/** Knows of nothing: everything is read from the log. Right everywhere, slow on a long log. */
export const fromTheLogAlone: DueShows = { read: () => Promise.resolve({ position: 0, shows: [] }) };

// oxlint-disable-next-line typescript/no-explicit-any -- the views are queried as SQL
export function fromHoldsView(db: Kysely<any>): DueShows {
  return {
    async read() {
      // The position first: rows that are newer than it do no harm, rows that are older would be missed.
      const serving = await sql<{ position: number; generation: number }>`
        select position::float8 as position, generation from projections where name = 'holds' and status = 'live'`.execute(
        db,
      );
      const view = serving.rows[0];
      if (!view) return { position: 0, shows: [] };
      // The rows of a parked stream are out of date: that show is looked at in any case.
      const { rows } = await sql<DueShow>`
        select show_id as "showId", (extract(epoch from min(until)) * 1000)::float8 as "dueMs"
        from read.holds where status = 'live' group by show_id
        union all
        select substring(stream from ${'show-'.length + 1}::int)::uuid, 0
        from parked where projection = 'holds' and generation = ${view.generation}
        order by 2`.execute(db);
      return { position: view.position, shows: rows };
    },
  };
}
