// Builds a projection anew beside the generation that serves, from the first event on, and switches when it has caught up.
// A crash leaves the old one serving, and the next rebuild goes on where this one stopped.
import { sql } from 'kysely';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import { applyBatch, applyIn } from './apply-batch.ts';
import { digestOf } from './digest.ts';
import { isPoison, type ParkedStream } from './parking.ts';
import { carryPartitions } from './partitions.ts';
import { schemaOf, type Batch, type Checkpoint, type Db, type Projection } from './projection.ts';
import {
  createIndexes,
  createTables,
  dropGeneration,
  ensureGeneration,
  expose,
  generations,
  liveGeneration,
  rebuildLock,
  type Generation,
} from './registry.ts';

const BATCH_SIZE = 10_000;
/** So close behind that the rest fits into the transaction that switches. */
const SMALL_LAG = 500;
const SWITCH_TRIES_MAX = 10;
const TERMINATE_WAIT_MS = 2_000;

export interface RebuildProgress {
  readonly name: string;
  /** Position in the log gone through, and the one to reach: events, or bytes on EventStoreDB. */
  readonly done: number;
  readonly total: number;
  /** Events of this view. */
  readonly perSecond: number;
  readonly secondsLeft: number;
}

export interface RebuildOptions {
  readonly db: Db;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly onParked?: (parked: ParkedStream) => void;
  /** Compare with the generation that served, at the same position. */
  readonly verify?: boolean;
  readonly batchSize?: number;
}

export interface Rebuilt {
  readonly name: string;
  readonly generation: number;
  readonly position: number;
  readonly events: number;
  readonly ms: number;
  /** Whether every row is as it was before; null when it was not compared. */
  readonly identical: boolean | null;
}

/** Why a rebuild cannot be done now. */
export class RebuildRefused extends Error {
  override readonly name = 'RebuildRefused';
}

/** Rebuilds `projection`, an instance of its own. Refused while another process rebuilds it. */
export async function rebuild(projection: Projection, options: RebuildOptions): Promise<Rebuilt> {
  const { db } = options;
  await ensureGeneration(db, projection);
  return db.connection().execute(async (connection) => {
    const key = rebuildLock(projection.name);
    const { rows } = await sql<{
      locked: boolean;
      session: number;
    }>`select pg_try_advisory_lock(${key}) as locked, pg_backend_pid() as session`.execute(connection);
    const { locked, session } = rows[0]!;
    if (!locked)
      throw new RebuildRefused(`${projection.name} is being rebuilt by another process; wait for it to end.`);
    try {
      return await new Rebuild(projection, options).run();
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(connection).catch(() => end(db, session));
    }
  });
}

/** A session that may still have the lock must not go back to the pool. Where Postgres is away, its sessions are too. */
const end = (db: Db, session: number): Promise<unknown> =>
  sql`select pg_terminate_backend(${session}, ${TERMINATE_WAIT_MS})`.execute(db).catch(() => {});

class Rebuild {
  readonly #projection: Projection;
  readonly #options: RebuildOptions;
  readonly #startedAt: number;
  #events = 0;

  constructor(projection: Projection, options: RebuildOptions) {
    this.#projection = projection;
    this.#options = options;
    this.#startedAt = options.clock.now();
  }

  async run(): Promise<Rebuilt> {
    let at = await this.#begin();
    at = await this.#catchUp(at);
    await this.#index(at);
    for (let tries = 1; ; tries += 1) {
      at = await this.#catchUp(at);
      try {
        return await this.#switch(at);
      } catch (error) {
        this.#projection.reset?.();
        // Readers keep the views locked, or the live one moved away: the rest is built first.
        const code = (error as { code?: unknown }).code;
        const isLocked = code === '55P03' || code === '40P01';
        if ((!isLocked && !isPoison(error)) || tries === SWITCH_TRIES_MAX) throw error;
        // An event that cannot be handled is parked with its stream, which the transaction that switches cannot do.
        if (!isLocked) at = await this.#buildTo(at, await this.#goal(await this.#live()));
      }
    }
  }

  /** Goes on with what a crash left of the same version; anything else that was begun is dropped. */
  async #begin(): Promise<Checkpoint> {
    const { db } = this.#options;
    const all = await generations(db, this.#projection.name);
    for (const generation of all) {
      if (generation.status === 'building' && generation.version === this.#projection.version)
        return generation;
      if (generation.status !== 'live') await dropGeneration(db, generation);
    }
    const next = { name: this.#projection.name, generation: all.at(-1)!.generation + 1, position: 0 };
    await db.transaction().execute(async (tx) => {
      await sql`insert into projections (name, generation, version, status) values (${next.name}, ${next.generation}, ${this.#projection.version}, 'building')`.execute(
        tx,
      );
      await createTables(tx, next, this.#projection);
    });
    return next;
  }

  /** As far as the live one has come, in whatever partition; as far as the log goes where that one is of another version and stands still. */
  async #goal(live: Generation): Promise<number> {
    return live.version === this.#projection.version
      ? live.furthest
      : Math.max(live.furthest, await this.#options.log.lastPosition());
  }

  async #catchUp(from: Checkpoint): Promise<Checkpoint> {
    const small = Math.min(SMALL_LAG, this.#options.batchSize ?? BATCH_SIZE);
    let at = from;
    // Positions may have gaps, so what is left is also judged by how many events the last pass brought.
    for (let brought = Infinity; ;) {
      const goal = await this.#goal(await this.#live());
      if (goal - at.position <= small || brought <= small) return at;
      const before = this.#events;
      at = await this.#buildTo(at, goal);
      brought = this.#events - before;
    }
  }

  #buildTo(from: Checkpoint, goal: number): Promise<Checkpoint> {
    const { db, signal, onParked } = this.#options;
    return this.#advance(from, goal, (at, batch) => {
      signal?.throwIfAborted();
      return applyBatch(db, this.#projection, at, batch, { status: 'building', horizon: goal, onParked });
    });
  }

  /** Everything up to `goal`, batch by batch. */
  async #advance(
    from: Checkpoint,
    goal: number,
    apply: (at: Checkpoint, batch: Batch) => Promise<void>,
  ): Promise<Checkpoint> {
    let at = from;
    for await (const batch of this.#pages(at.position, goal)) {
      await apply(at, batch);
      at = { ...at, position: batch.upTo };
      this.#events += batch.events.length;
      this.#report(at.position, goal);
    }
    return at;
  }

  async #live(): Promise<Generation> {
    return (await liveGeneration(this.#options.db, this.#projection.name))!;
  }

  /** Reads the next page while one is being written. */
  async *#pages(after: number, goal: number): AsyncGenerator<Batch> {
    let next = this.#page(after, goal);
    for (;;) {
      const batch = await next;
      const more = batch.upTo < goal;
      if (more) {
        next = this.#page(batch.upTo, goal);
        next.catch(() => {}); // told when it is awaited
      }
      yield batch;
      if (!more) return;
    }
  }

  async #page(after: number, goal: number): Promise<Batch> {
    const { log, batchSize = BATCH_SIZE } = this.#options;
    const page = await log.readAll(after, batchSize, { types: this.#projection.types, fewerIfLong: true });
    const events = page.filter((event) => event.position <= goal);
    return {
      events,
      upTo: page.length === 0 || events.length < page.length ? goal : events.at(-1)!.position,
    };
  }

  /** After a crash too: those that are there stay. */
  async #index(at: Checkpoint): Promise<void> {
    await this.#options.db.transaction().execute(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      await createIndexes(tx, at, this.#projection);
    });
    for (const table of this.#projection.exposes) {
      await sql`analyze ${sql.id(schemaOf(at), table)}`.execute(this.#options.db);
    }
  }

  /** The live one stands still while its last events are added here, and then this one serves. */
  async #switch(at: Checkpoint): Promise<Rebuilt> {
    const { db, clock } = this.#options;
    const done = await db.transaction().execute(async (tx) => {
      await sql`set local statement_timeout = 0`.execute(tx);
      await sql`set local lock_timeout = '2s'`.execute(tx);
      await sql`select 1 from projections where name = ${at.name} and status = 'live' for update`.execute(tx);
      const live = (await liveGeneration(tx, at.name))!;
      const goal = await this.#goal(live);
      const last = await this.#advance(at, goal, (from, batch) =>
        applyIn(tx, this.#projection, from, batch, { status: 'building', horizon: goal }),
      );
      const identical =
        this.#options.verify && live.position === goal
          ? (await digestOf(tx, live)) === (await digestOf(tx, last))
          : null;
      await sql`update projections set status = 'retired' where name = ${at.name} and generation = ${live.generation}`.execute(
        tx,
      );
      await sql`
        update projections p set status = 'live', remade = l.remade + (
          l.version <> p.version
          or exists (select 1 from parked k where k.projection = l.name and k.generation = l.generation))::int
        from projections l
        where p.name = ${at.name} and p.generation = ${at.generation} and l.name = p.name and l.generation = ${live.generation}`.execute(
        tx,
      );
      await carryPartitions(tx, live, { ...at, position: goal });
      await expose(tx, at, this.#projection.exposes);
      return { live, position: goal, identical };
    });
    await dropGeneration(db, done.live).catch(() => {}); // readers still hold it: the next start drops it
    return {
      name: at.name,
      generation: at.generation,
      position: done.position,
      events: this.#events,
      ms: clock.now() - this.#startedAt,
      identical: done.identical,
    };
  }

  #report(done: number, total: number): void {
    const seconds = Math.max(this.#options.clock.now() - this.#startedAt, 1) / 1000;
    this.#options.onProgress?.({
      name: this.#projection.name,
      done,
      total,
      perSecond: this.#events / seconds,
      secondsLeft: done < total ? ((total - done) / done) * seconds : 0, // of an empty log both are 0
    });
  }
}
