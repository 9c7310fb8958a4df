// How far a feed has been published, in one row of Postgres that only the holder of the highest token may move.
import { sql, type Kysely } from 'kysely';
import type { RelayProgress, RelayProgressStore } from '../../ports/relay-progress.ts';
import { reached } from './postgres-fault.ts';

const AWAY = 'The progress of the relay cannot be reached.';

interface Row {
  readonly position: number;
  readonly offsets: number[];
}

export class PostgresRelayProgressStore implements RelayProgressStore {
  // oxlint-disable-next-line typescript/no-explicit-any -- one table, queried as SQL
  readonly #db: Kysely<any>;
  readonly #name: string;

  /** `name`: of the feed. */
  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  constructor(db: Kysely<any>, name = 'events') {
    this.#db = db;
    this.#name = name;
  }

  async load(): Promise<RelayProgress> {
    const query = sql<Row>`select ${columns} from relay_progress where name = ${this.#name}`;
    return (await reached(AWAY, () => query.execute(this.#db))).rows[0] ?? { position: 0, offsets: [] };
  }

  async claim(token: number): Promise<RelayProgress | null> {
    const query = sql<Row>`
      insert into relay_progress as r (name, token, position, offsets) values (${this.#name}, ${token}, 0, '{}')
      on conflict (name) do update set token = excluded.token where r.token <= excluded.token
      returning ${columns}`;
    return (await reached(AWAY, () => query.execute(this.#db))).rows[0] ?? null;
  }

  async save(token: number, { position, offsets }: RelayProgress): Promise<boolean> {
    const query = sql`update relay_progress
      set position = ${position}, offsets = ${[...offsets]}::bigint[], saved_at = clock_timestamp()
      where name = ${this.#name} and token = ${token} and position <= ${position} returning 1`;
    return (await reached(AWAY, () => query.execute(this.#db))).rows.length === 1;
  }
}

const columns = sql`position::float8 as position, offsets::float8[] as offsets`;
