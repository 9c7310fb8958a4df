// Opens Postgres: one connection pool with Kysely over it. What every connection of ours has in common is decided
// here: time-outs so that nothing hangs forever, and 64-bit integers as numbers (positions and counts stay below 2^53).
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

export interface Database {
  readonly pool: pg.Pool;
  // oxlint-disable-next-line typescript/no-explicit-any -- each module types its own tables
  readonly db: Kysely<any>;
  readonly close: () => Promise<void>;
}

export interface PoolOptions {
  /** Connections at most. */
  readonly poolMax: number;
  /** Connections that are kept while nothing happens. Default 0. */
  readonly poolMin?: number;
  /** The server ends a statement after it: nothing is written then. Default 30 s; 0 is never. */
  readonly statementTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Settings of Postgres for these sessions, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A pool of `pg` alone. Connections that break are replaced by themselves, also after a restart of Postgres. */
export function openPool(url: string, options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolMax,
    min: options.poolMin ?? 0,
    application_name: options.applicationName ?? 'fairseat',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: statementTimeoutMs,
    // Only for a server that does not answer at all: later than its own time-out, so that its answer comes first.
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + 5_000 }),
    idle_in_transaction_session_timeout: 60_000,
    types,
    ...(options.settings && { options: asOptions(options.settings) }),
  });
  // Without listeners the process would end when a connection breaks while it lies idle, or is taken but between two
  // statements. The pool replaces it; whoever uses it learns of it from the next statement.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** The pool, and Kysely over it for everything that is not the hot path. */
export function openDatabase(url: string, options: PoolOptions): Database {
  const pool = openPool(url, options);
  // oxlint-disable-next-line typescript/no-explicit-any -- see above
  const db = new Kysely<any>({ dialect: new PostgresDialect({ pool }) });
  return { pool, db, close: () => db.destroy() };
}

const asOptions = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`)
    .join(' ');
