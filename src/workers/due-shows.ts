// What time makes due in the shows there are when a process starts: from the views, so that a restart reads one row a show
// and not the whole log.
import { sql, type Kysely } from 'kysely';

export interface DueShow {
  readonly showId: string;
  /** The earliest `until` of what is held there, or when sales open to those who wait. */
  readonly dueMs: number;
}

export interface DueShows {
  /** Every show that holds something or has a line as of `position`, perhaps some that no longer do; what came later is in the log. */
  read(): Promise<{ readonly position: number; readonly shows: readonly DueShow[] }>;
}

/** Knows of nothing: everything is read from the log. Right everywhere, slow on a long log. */
export const fromTheLogAlone: DueShows = { read: () => Promise.resolve({ position: 0, shows: [] }) };

const VIEWS = ['holds', 'shows', 'waitlist'];

// oxlint-disable-next-line typescript/no-explicit-any -- the views are queried as SQL
export function fromViews(db: Kysely<any>): DueShows {
  return {
    async read() {
      // The position first: rows that are newer than it do no harm, rows that are older would be missed.
      const serving = await sql<{ views: number; position: number }>`
        select count(*)::float8 as views, min(position)::float8 as position
        from projections where name = any(${VIEWS}::text[]) and status = 'live'`.execute(db);
      const [{ views, position } = { views: 0, position: 0 }] = serving.rows;
      if (views < VIEWS.length) return { position: 0, shows: [] };
      // A line may be owed offers that the process before had no time for: while sales are on, it is looked at, after what
      // is overdue. The rows of a parked stream are out of date: that show is looked at in any case.
      const { rows } = await sql<DueShow>`
        select show_id as "showId", (extract(epoch from min(until)) * 1000)::float8 as "dueMs"
        from read.holds where status = 'live' group by show_id
        union all
        select s.id, (extract(epoch from greatest(now(), coalesce(s.sales_open_at, s.published_at))) * 1000)::float8
        from read.shows s where coalesce(s.sales_close_at, s.starts_at) > now() and not s.cancelled and not s.paused
          and exists (select from read.waitlist w where w.show_id = s.id and w.status = 'waiting')
        union all
        select distinct substring(k.stream from ${'show-'.length + 1}::int)::uuid, 0
        from parked k join projections p on p.name = k.projection and p.generation = k.generation and p.status = 'live'
        where k.projection = any(${VIEWS}::text[]) and k.stream like 'show-%'
        order by 2`.execute(db);
      return { position, shows: rows };
    },
  };
}
