// Rows in bulk: whole batches travel as one JSON parameter, so that a batch is a few statements whatever its size.
import { sql } from 'kysely';
import type { Tx } from '../projection.ts';

/** Keys are column names; values as JSON has them. */
export type Row = Readonly<Record<string, unknown>>;

/** Existing rows by the value of `key`. */
export async function loadRows<R extends Row>(
  tx: Tx,
  table: string,
  key: string,
  ids: Iterable<string>,
): Promise<Map<string, R>> {
  const wanted = [...ids];
  if (wanted.length === 0) return new Map();
  const found = await sql<{ row: R }>`
    select to_jsonb(t) as row from ${sql.table(table)} t where t.${sql.ref(key)} = any(${wanted}::uuid[])`.execute(
    tx,
  );
  return new Map(found.rows.map(({ row }) => [row[key] as string, row]));
}

/** Inserts rows or replaces those with the same key. All rows have the same columns, each key occurs once. */
export async function saveRows(
  tx: Tx,
  table: string,
  key: string | readonly string[],
  rows: readonly Row[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const keys = typeof key === 'string' ? [key] : key;
  const columns = Object.keys(first);
  const others = columns.filter((column) => !keys.includes(column));
  const onConflict =
    others.length === 0
      ? sql`do nothing`
      : sql`do update set ${sql.join(others.map((c) => sql`${sql.ref(c)} = excluded.${sql.ref(c)}`))}`;
  await sql`
    insert into ${sql.table(table)} (${sql.join(columns.map((c) => sql.ref(c)))})
    select ${sql.join(columns.map((c) => sql.ref(c)))} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)
    on conflict (${sql.join(keys.map((k) => sql.ref(k)))}) ${onConflict}`.execute(tx);
}

/** Rows made or changed within one batch: each is written once, however often it changed. */
export class Changes<R extends Row> {
  readonly made = new Map<string, R>();
  /** Columns to set in rows that are older than the batch. */
  readonly changed = new Map<string, Partial<R>>();

  make(id: string, row: R): void {
    this.made.set(id, row);
  }

  change(id: string, change: Partial<R>): void {
    const made = this.made.get(id);
    if (made) this.made.set(id, { ...made, ...change });
    else this.changed.set(id, { ...this.changed.get(id), ...change });
  }
}
