// Import results in Postgres, and its advisory locks as the one turnstile of several processes. A process that dies
// loses its connection and with it its lock.
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Fault } from '../../ports/fault.ts';
import type { ImportResult, ImportStore } from '../../ports/import-store.ts';
import { reached } from './postgres-fault.ts';

/** Apart from the one-number locks of migrations and keys. */
const LOCK_SPACE = 7_206_004;
const LOCK_POLL_MS = 100;
/** Longer than any import takes; whoever waits so long is sent away. */
const LOCK_WAIT_MAX_MS = 300_000;
const TERMINATE_WAIT_MS = 2_000;
/** Work done under a lock at one time in this process: each keeps a connection of the pool. */
const EXCLUSIVE_MAX = 2;
/** Work that waits for its turn in this process: each holds a whole feed in memory. */
const WAITING_MAX = 16;
const AWAY = 'The results of imports cannot be read or written.';

// oxlint-disable-next-line typescript/no-explicit-any -- two tables, read by the statements below
type Db = Kysely<any>;

export class PostgresImportStore implements ImportStore {
  readonly #db: Db;
  /** The end of the line of each name, so that those who wait in this process need no connection. */
  readonly #lines = new Map<string, Promise<unknown>>();
  readonly #waiting: (() => void)[] = [];
  #working = 0;
  /** Working or waiting. */
  #admitted = 0;

  constructor(db: Db) {
    this.#db = db;
  }

  async find(id: string): Promise<{ requestHash: string; result: ImportResult } | null> {
    const { rows } = await reached(AWAY, () =>
      sql<{
        request_hash: string;
        result: ImportResult;
      }>`select request_hash, result from imports where id = ${id}`.execute(this.#db),
    );
    return rows[0] === undefined ? null : { requestHash: rows[0].request_hash, result: rows[0].result };
  }

  async save(requestHash: string, result: ImportResult): Promise<void> {
    await reached(AWAY, () =>
      sql`
        insert into imports (id, source, request_hash, result)
        values (${result.id}, ${result.source}, ${requestHash}, ${JSON.stringify(result)}::json)
        on conflict (id) do nothing`.execute(this.#db),
    );
  }

  async claimRun(feed: string, dueAtMs: number): Promise<boolean> {
    const { rows } = await reached(AWAY, () =>
      sql`
        insert into feed_runs as r (feed, due_at) values (${feed}, ${new Date(dueAtMs).toISOString()}::timestamptz)
        on conflict (feed) do update set due_at = excluded.due_at where r.due_at < excluded.due_at returning 1`.execute(
        this.#db,
      ),
    );
    return rows.length === 1;
  }

  async exclusively<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#admitted >= EXCLUSIVE_MAX + WAITING_MAX)
      throw new Fault('Overloaded', `${WAITING_MAX} imports already wait for their turn; try again later.`);
    this.#admitted += 1;
    const before = this.#lines.get(name) ?? Promise.resolve();
    const mine = before.then(() => this.#locked(name, work, signal));
    const end = mine
      .catch(() => {})
      .finally(() => {
        this.#admitted -= 1;
        if (this.#lines.get(name) === end) this.#lines.delete(name);
      });
    this.#lines.set(name, end);
    return mine;
  }

  async #locked<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#working >= EXCLUSIVE_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#working += 1;
    try {
      // Settled, for what the work throws is its own, and no connection that cannot be had.
      const [held] = await reached(AWAY, () =>
        this.#db
          .connection()
          .execute((connection) => Promise.allSettled([this.#underLock(connection, name, work, signal)])),
      );
      if (held.status === 'rejected') throw held.reason;
      return held.value;
    } finally {
      // The place is handed over rather than given back, so that the first in line gets it.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#working -= 1;
    }
  }

  async #underLock<T>(
    connection: Db,
    name: string,
    work: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const session = await lock(connection, name, signal);
    try {
      return await work();
    } finally {
      await this.#unlock(connection, name, session);
    }
  }

  /**
   * A session that may still have the lock must not go back to the pool: it is ended, and the lock with it. Where not even
   * that can be asked Postgres ends it when it misses its client; what the work came to is told all the same.
   */
  async #unlock(connection: Db, name: string, session: number): Promise<void> {
    try {
      await sql`select pg_advisory_unlock(${LOCK_SPACE}, hashtext(${name}))`.execute(connection);
    } catch {
      await sql`select pg_terminate_backend(${session}, ${TERMINATE_WAIT_MS})`
        .execute(this.#db)
        .catch(() => {});
    }
  }
}

/**
 * Tries again and again rather than waits in Postgres, whose statements end after their time-out. Gives the session that
 * has the lock.
 */
async function lock(connection: Db, name: string, signal?: AbortSignal): Promise<number> {
  for (let waitedMs = 0; waitedMs < LOCK_WAIT_MAX_MS; waitedMs += LOCK_POLL_MS) {
    signal?.throwIfAborted();
    const { rows } = await reached(AWAY, () =>
      sql<{
        got: boolean;
        session: number;
      }>`select pg_try_advisory_lock(${LOCK_SPACE}, hashtext(${name})) as got, pg_backend_pid() as session`.execute(
        connection,
      ),
    );
    if (rows[0]?.got === true) return rows[0].session;
    await pause(LOCK_POLL_MS, undefined, { signal });
  }
  throw new Fault(
    'Overloaded',
    'Another process has been importing from this source for long; try again later.',
  );
}
