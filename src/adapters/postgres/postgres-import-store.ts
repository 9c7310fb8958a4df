// Import results in Postgres, and its advisory locks as the one turnstile of several processes. A process that dies
// loses its connection and with it its lock.
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Fault } from '../../ports/fault.ts';
import type { ImportResult, ImportStore } from '../../ports/import-store.ts';

/** Apart from the one-number locks of migrations and keys. */
const LOCK_SPACE = 7_206_004;
const LOCK_POLL_MS = 100;
/** Work done under a lock at one time in this process: each keeps a connection of the pool. */
const EXCLUSIVE_MAX = 2;

// oxlint-disable-next-line typescript/no-explicit-any -- two tables, read by the statements below
type Db = Kysely<any>;

export class PostgresImportStore implements ImportStore {
  readonly #db: Db;
  /** The end of the line of each name, so that those who wait in this process need no connection. */
  readonly #lines = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #working = 0;

  constructor(db: Db) {
    this.#db = db;
  }

  async find(id: string): Promise<{ requestHash: string; result: ImportResult } | null> {
    const { rows } = await reached(() =>
      sql<{
        request_hash: string;
        result: ImportResult;
      }>`select request_hash, result from imports where id = ${id}`.execute(this.#db),
    );
    return rows[0] === undefined ? null : { requestHash: rows[0].request_hash, result: rows[0].result };
  }

  async save(requestHash: string, result: ImportResult): Promise<void> {
    await reached(() =>
      sql`
        insert into imports (id, source, request_hash, result)
        values (${result.id}, ${result.source}, ${requestHash}, ${JSON.stringify(result)}::json)
        on conflict (id) do nothing`.execute(this.#db),
    );
  }

  async claimRun(feed: string, dueAtMs: number): Promise<boolean> {
    const { rows } = await reached(() =>
      sql`
        insert into feed_runs as r (feed, due_at) values (${feed}, ${new Date(dueAtMs).toISOString()}::timestamptz)
        on conflict (feed) do update set due_at = excluded.due_at where r.due_at < excluded.due_at returning 1`.execute(
        this.#db,
      ),
    );
    return rows.length === 1;
  }

  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(name) ?? Promise.resolve();
    const mine = before.then(() => this.#locked(name, work));
    const end = mine
      .catch(() => {})
      .finally(() => {
        if (this.#lines.get(name) === end) this.#lines.delete(name);
      });
    this.#lines.set(name, end);
    return mine;
  }

  async #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (this.#working >= EXCLUSIVE_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#working += 1;
    try {
      return await this.#db.connection().execute(async (connection) => {
        await reached(() => lock(connection, name));
        try {
          return await work();
        } finally {
          await reached(() =>
            sql`select pg_advisory_unlock(${LOCK_SPACE}, hashtext(${name}))`.execute(connection),
          );
        }
      });
    } finally {
      // The place is handed over rather than given back, so that the first in line gets it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#working -= 1;
    }
  }
}

/** Tries again and again rather than waits in Postgres, whose statements end after their time-out. */
async function lock(connection: Db, name: string): Promise<void> {
  for (;;) {
    const { rows } = await sql<{
      got: boolean;
    }>`select pg_try_advisory_lock(${LOCK_SPACE}, hashtext(${name})) as got`.execute(connection);
    if (rows[0]?.got === true) return;
    await pause(LOCK_POLL_MS);
  }
}

async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Fault('DatabaseUnavailable', 'The results of imports cannot be read or written.', {
      cause: error,
    });
  }
}
