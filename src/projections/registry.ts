// The book in which every generation of every projection stands: which one serves, and how far it has come.
import { sql } from 'kysely';
import {
  schemaOf,
  type Checkpoint,
  type Db,
  type GenerationId,
  type Projection,
  type Tx,
} from './projection.ts';

export type GenerationStatus = 'live' | 'building' | 'retired';

export interface Generation extends Checkpoint {
  readonly version: number;
  readonly status: GenerationStatus;
  /** Of the last event in the rows: beyond `position` where it is fed by partitions, and some of them are ahead. */
  readonly furthest: number;
  /** ms since 1970. */
  readonly updatedAt: number;
}

/** Somebody else moved the checkpoint: nothing of the batch was written. */
export class LostRace extends Error {
  override readonly name = 'LostRace';
}

export async function generations(db: Db, name?: string): Promise<Generation[]> {
  const found = await sql<Generation>`
    select name, generation, version, status, position::float8 as position,
      greatest(position, (select max(q.position) from projection_partitions q
        where q.name = p.name and q.generation = p.generation))::float8 as furthest, floor(extract(epoch from updated_at) * 1000)::float8 as "updatedAt"
    from projections p where ${name === undefined ? sql`true` : sql`name = ${name}`} order by name, generation`.execute(
    db,
  );
  return found.rows;
}

export async function liveGeneration(db: Db, name: string): Promise<Generation | null> {
  return (await generations(db, name)).find((generation) => generation.status === 'live') ?? null;
}

/** Positions of what serves, by name. */
export async function livePositions(db: Db): Promise<Map<string, number>> {
  const found = await sql<{
    name: string;
    position: number;
  }>`select name, position::float8 as position from projections where status = 'live'`.execute(db);
  return new Map(found.rows.map((row) => [row.name, row.position]));
}

/** Makes the first generation where there is none yet, empty and serving; several processes may try at once. */
export async function ensureGeneration(db: Db, projection: Projection): Promise<Generation> {
  const live = await liveGeneration(db, projection.name);
  if (live) return live;
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('fairseat-projections'))`.execute(tx);
    if (await liveGeneration(tx, projection.name)) return;
    const first = { name: projection.name, generation: 1 };
    await sql`insert into projections (name, generation, version, status) values (${first.name}, 1, ${projection.version}, 'live')`.execute(
      tx,
    );
    await createTables(tx, first, projection);
    await createIndexes(tx, first, projection);
    await expose(tx, first, projection.exposes);
  });
  return (await liveGeneration(db, projection.name))!;
}

export async function createTables(tx: Tx, generation: GenerationId, projection: Projection): Promise<void> {
  await sql`create schema ${sql.id(schemaOf(generation))}`.execute(tx);
  await useSchema(tx, generation);
  await sql.raw(projection.tables).execute(tx);
}

export async function createIndexes(tx: Tx, generation: GenerationId, projection: Projection): Promise<void> {
  await useSchema(tx, generation);
  for (const index of projection.indexes) await sql.raw(`create index if not exists ${index}`).execute(tx);
}

/** From now on in this transaction, bare table names are those of the generation. */
export async function useSchema(tx: Tx, generation: GenerationId): Promise<void> {
  await sql`select ${searchPath(generation)}`.execute(tx);
}

export const searchPath = (generation: GenerationId) =>
  sql`set_config('search_path', ${schemaOf(generation)} || ', ' || coalesce(nullif(regexp_replace(current_setting('search_path'), '^[a-z]+_g\\d+, ', ''), ''), 'public'), true)`;

/** Points the views that queries read at a generation. */
export async function expose(tx: Tx, generation: GenerationId, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await sql`drop view if exists read.${sql.id(table)}`.execute(tx);
    await sql`create view read.${sql.id(table)} as select * from ${sql.id(schemaOf(generation), table)}`.execute(
      tx,
    );
  }
}

/**
 * Moves a checkpoint from where the writer knows it to where its batch ends, turns to the generation's tables, and says
 * which streams are parked. The row stays locked until the transaction ends; LostRace when it stands elsewhere.
 * A crash of the database may undo it, rows and all, so it need not wait for the disk.
 */
export async function moveCheckpoint(
  tx: Tx,
  from: Checkpoint,
  status: GenerationStatus,
  to: number,
): Promise<Set<string>> {
  const moved = await sql`
    update projections set position = ${to}, updated_at = clock_timestamp()
    where name = ${from.name} and generation = ${from.generation} and status = ${status} and position = ${from.position}
    returning ${searchPath(from)}, set_config('synchronous_commit', 'off', true)`.execute(tx);
  if (moved.rows.length === 0)
    throw new LostRace(
      `${from.name} generation ${from.generation} is no longer ${status} at ${from.position}`,
    );
  return parkedIn(tx, from);
}

/**
 * Streams that are parked in a generation. A statement of its own, after the one that locks: that one may have waited while a
 * stream was taken back, and would still see it parked.
 */
export async function parkedIn(tx: Tx, { name, generation }: GenerationId): Promise<Set<string>> {
  const { rows } = await sql<{ stream: string }>`
    select stream from parked where projection = ${name} and generation = ${generation}`.execute(tx);
  return new Set(rows.map(({ stream }) => stream));
}

/** The advisory lock of whoever rebuilds a projection. */
export const rebuildLock = (name: string) => sql`hashtext(${`fairseat-rebuild-${name}`})`;

export async function dropGeneration(db: Db, generation: GenerationId): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`set local lock_timeout = '5s'`.execute(tx);
    await sql`drop schema if exists ${sql.id(schemaOf(generation))} cascade`.execute(tx);
    await sql`delete from parked where projection = ${generation.name} and generation = ${generation.generation}`.execute(
      tx,
    );
    await sql`delete from projection_partitions where name = ${generation.name} and generation = ${generation.generation}`.execute(
      tx,
    );
    await sql`delete from projections where name = ${generation.name} and generation = ${generation.generation} and status <> 'live'`.execute(
      tx,
    );
  });
}
