// Kysely over the simulated store: each statement is a way there and back on which the connection may break, the process may
// die, or another process may come in between.
import {
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import type { Chance } from '../kernel/chance.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Actor, Scheduler } from '../kernel/scheduler.ts';
import type { ReadStore, Session } from './read-store.ts';
import { carryOut } from './statements.ts';

interface Parts {
  readonly store: ReadStore;
  readonly scheduler: Scheduler;
  readonly actor: Actor;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly count: (what: string) => void;
}

/** What it means when such a statement changes nothing. */
const REFUSALS: readonly (readonly [text: string, what: string])[] = [
  ['update projections set position =', 'rare checkpoint race lost'],
  ['update projection_partitions q set next_offset = $', 'rare partition race lost'],
  ['update relay_progress', 'rare zombie refused'],
];

/** As `pg` tells of a connection that is gone. */
class ConnectionLost extends Error {
  readonly code = '57P01';
}

class Connection implements DatabaseConnection {
  readonly session: Session;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.session = parts.store.session(parts.actor);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    await this.reach('sends a statement');
    if (this.#parts.faults.strikes('statementFails')) this.lose();
    const rows = await carryOut(this.session, query.sql, query.parameters);
    if (rows.length === 0)
      for (const [text, what] of REFUSALS) if (query.sql.includes(text)) this.#parts.count(what);
    // A lock may have been waited for, and the session may be over by now.
    if (this.session.broken) this.lose();
    return { rows: rows as R[] };
  }

  // oxlint-disable-next-line eslint/require-yield -- nobody streams from the simulated store
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('The simulated store does not stream.');
  }

  async begin(): Promise<void> {
    await this.reach('begins a transaction');
    this.session.begin();
  }

  async commit(): Promise<void> {
    await this.reach('commits a transaction');
    this.session.commit();
    if (this.#parts.faults.strikes('commitUnheard')) this.lose();
  }

  async rollback(): Promise<void> {
    await this.#parts.scheduler.pause(0.2, this.#parts.actor, 'rolls back');
    this.session.rollback();
  }

  lose(): never {
    this.session.break();
    throw new ConnectionLost('Connection terminated unexpectedly');
  }

  async reach(what: string): Promise<void> {
    const { scheduler, actor, chance, store } = this.#parts;
    await scheduler.pause(0.2 + chance.next(), actor, what);
    if (store.isDown || this.session.broken) this.lose();
  }
}

class StoreDriver implements Driver {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  acquireConnection(): Promise<Connection> {
    return Promise.resolve(new Connection(this.#parts));
  }

  beginTransaction(connection: DatabaseConnection): Promise<void> {
    return (connection as Connection).begin();
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return (connection as Connection).commit();
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return (connection as Connection).rollback();
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as Connection).session.break();
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}
}

export class StoreDialect implements Dialect {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  createAdapter = (): PostgresAdapter => new PostgresAdapter();
  createDriver = (): Driver => new StoreDriver(this.#parts);
  createQueryCompiler = (): PostgresQueryCompiler => new PostgresQueryCompiler();
  // oxlint-disable-next-line typescript/no-explicit-any -- as the port has it
  createIntrospector = (db: Kysely<any>): DatabaseIntrospector => new PostgresIntrospector(db);
}
