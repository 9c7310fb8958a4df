// Leases in a table of Postgres, by its clock: those of the processes need not agree.
import { sql, type Kysely } from 'kysely';
import type { LeaseStore } from '../../ports/lease.ts';
import { reached } from './postgres-fault.ts';

const AWAY = 'The table of leases cannot be reached.';

export class PostgresLeaseStore implements LeaseStore {
  // oxlint-disable-next-line typescript/no-explicit-any -- one table, queried as SQL
  readonly #db: Kysely<any>;

  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  constructor(db: Kysely<any>) {
    this.#db = db;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<number | null> {
    const query = sql<{ token: number }>`
      insert into leases as l (name, token, holder, until) values (${name}, 1, ${holder}, ${after(ttlMs)})
      on conflict (name) do update set token = l.token + 1, holder = excluded.holder, until = excluded.until
        where l.until <= clock_timestamp()
      returning token::float8 as token`;
    return (await reached(AWAY, () => query.execute(this.#db))).rows[0]?.token ?? null;
  }

  async renew(name: string, token: number, ttlMs: number): Promise<boolean> {
    const query = sql`update leases set until = ${after(ttlMs)}
      where name = ${name} and token = ${token} and until > clock_timestamp() returning 1`;
    return (await reached(AWAY, () => query.execute(this.#db))).rows.length === 1;
  }

  async release(name: string, token: number): Promise<void> {
    const query = sql`update leases set until = clock_timestamp()
      where name = ${name} and token = ${token} and until > clock_timestamp()`;
    await reached(AWAY, () => query.execute(this.#db));
  }
}

const after = (ms: number) => sql`clock_timestamp() + ${ms} * interval '1 millisecond'`;
