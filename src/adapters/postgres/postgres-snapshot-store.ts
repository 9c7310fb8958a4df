// Snapshots in a table of the same Postgres. They may be lost at any time without harm, so a save does not wait for the
// disk; its failure is the caller's to count.
import { sql, type Kysely } from 'kysely';
import type { Snapshot, SnapshotStore } from '../../ports/snapshot-store.ts';
import { reached } from './postgres-fault.ts';

const AWAY = 'The table of snapshots cannot be reached.';

interface Row {
  readonly revision: string | number;
  readonly version: number;
  readonly state: string;
}

export class PostgresSnapshotStore implements SnapshotStore {
  // oxlint-disable-next-line typescript/no-explicit-any -- any database will do, its one table is queried as SQL
  readonly #db: Kysely<any>;
  readonly #loading = new Map<string, Promise<Snapshot | null>>();

  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  constructor(db: Kysely<any>) {
    this.#db = db;
  }

  /** Callers at the same time share one, and must not change it: after a restart a show's commands and its views ask together. */
  load(stream: string): Promise<Snapshot | null> {
    let loading = this.#loading.get(stream);
    if (loading === undefined) {
      loading = this.#load(stream).finally(() => this.#loading.delete(stream));
      this.#loading.set(stream, loading);
    }
    return loading;
  }

  async #load(stream: string): Promise<Snapshot | null> {
    const { rows } = await reached(AWAY, () =>
      sql<Row>`select revision, version, state from snapshots where stream = ${stream}`.execute(this.#db),
    );
    const row = rows[0];
    if (row === undefined) return null;
    return { revision: Number(row.revision), version: row.version, state: JSON.parse(row.state) as unknown };
  }

  async save(stream: string, { revision, version, state }: Snapshot): Promise<void> {
    const text = JSON.stringify(state);
    const save = () =>
      this.#db.transaction().execute(async (tx) => {
        await sql`set local synchronous_commit to off`.execute(tx);
        await sql`insert into snapshots (stream, revision, version, state) values (${stream}, ${revision}, ${version}, ${text})
        on conflict (stream) do update
        set revision = excluded.revision, version = excluded.version, state = excluded.state, saved_at = now()
        where snapshots.revision <= excluded.revision`.execute(tx);
      });
    await reached(AWAY, save);
  }
}
