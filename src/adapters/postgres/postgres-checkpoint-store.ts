// Checkpoints of workers in a table of the same Postgres. One that is lost is harmless: workers bear to see events again.
import { sql, type Kysely } from 'kysely';
import type { CheckpointStore } from '../../ports/checkpoint-store.ts';
import { reached } from './postgres-fault.ts';

const AWAY = "The table of the workers' checkpoints cannot be reached.";

export class PostgresCheckpointStore implements CheckpointStore {
  // oxlint-disable-next-line typescript/no-explicit-any -- any database will do, its one table is queried as SQL
  readonly #db: Kysely<any>;

  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  constructor(db: Kysely<any>) {
    this.#db = db;
  }

  async load(name: string): Promise<number> {
    const query = sql<{
      position: string | number;
    }>`select position from worker_checkpoints where name = ${name}`;
    const { rows } = await reached(AWAY, () => query.execute(this.#db));
    return Number(rows[0]?.position ?? 0);
  }

  async save(name: string, position: number): Promise<void> {
    const query = sql`insert into worker_checkpoints (name, position) values (${name}, ${position})
      on conflict (name) do update
      set position = greatest(worker_checkpoints.position, excluded.position), saved_at = now()`;
    await reached(AWAY, () => query.execute(this.#db));
  }
}
