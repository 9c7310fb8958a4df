// How far a view has come where it is fed by the partitions of a feed: one row for each, moved in the transaction of the
// view's rows; and the position that all of them together have reached, which is what readers ask for.
import { sql } from 'kysely';
import { partitionOf } from '../ports/partition-of.ts';
import type { Checkpoint, Db, Move, Tx } from './projection.ts';
import { LostRace, parkedIn, searchPath } from './registry.ts';

/** The row of relay_progress that tells how far the feed is published. */
export const FEED = 'events';

export interface Part {
  /** Offset to go on from. */
  readonly next: number;
  /** Every event of the partition up to this position is in the rows. */
  readonly position: number;
}

/**
 * The partitions of a view that serves; made where they are missing, at what the view has seen already. LostRace where a
 * rebuild has put another in its place.
 */
export async function partsOf(db: Db, at: Checkpoint, partitions: number): Promise<Part[]> {
  await sql`
    insert into projection_partitions (name, generation, partition, next_offset, position)
    select p.name, p.generation, n, coalesce(r.offsets[n + 1], 0), p.position
    from projections p cross join generate_series(0, ${partitions - 1}::int) n
    -- What was published up to a position that the view has reached need not be read.
    left join relay_progress r on r.name = ${FEED} and r.position <= p.position
    where p.name = ${at.name} and p.generation = ${at.generation}
    on conflict do nothing`.execute(db);
  const { rows } = await sql<Part>`
    select q.next_offset::float8 as next, greatest(q.position, p.position)::float8 as position
    from projection_partitions q join projections p using (name, generation)
    where q.name = ${at.name} and q.generation = ${at.generation} order by q.partition`.execute(db);
  if (rows.length === 0) throw new LostRace(`${at.name} generation ${at.generation} is gone`);
  if (rows.length !== partitions)
    throw new Error(
      `${at.name} was fed by ${rows.length} partitions, and the feed has ${partitions}: rebuild it.`,
    );
  return rows;
}

export interface PartMove {
  readonly partition: number;
  readonly from: Part;
  readonly to: Part;
  /** Nobody else writes to the view meanwhile, in whatever partition. */
  readonly alone: boolean;
}

/**
 * Moves one partition of a view that serves, and turns to its tables; LostRace where somebody else has moved it. A rebuild
 * that switches waits for it, and it for the rebuild. A crash of the database may undo it, rows and all, so it need not
 * wait for the disk: the feed is read from there again.
 */
export const movePart =
  (at: Checkpoint, { partition, from, to, alone }: PartMove): Move =>
  async (tx) => {
    if (alone) await sql`select pg_advisory_xact_lock(hashtext(${`fairseat-view-${at.name}`}))`.execute(tx);
    const moved = await sql`
      with serving as (
        select name, generation from projections
        where name = ${at.name} and generation = ${at.generation} and status = 'live' for key share)
      update projection_partitions q set next_offset = ${to.next}, position = ${to.position}
      from serving s
      where q.name = s.name and q.generation = s.generation and q.partition = ${partition} and q.next_offset = ${from.next}
      returning ${searchPath(at)}, set_config('synchronous_commit', 'off', true)`.execute(tx);
    if (moved.rows.length === 0)
      throw new LostRace(`${at.name} generation ${at.generation} is elsewhere in partition ${partition}`);
    const parked = await parkedIn(tx, at);
    return ({ stream, position }) => position > from.position && !parked.has(stream);
  };

/** Saves partitions that moved past events of no concern; LostRace where one stands elsewhere. */
export async function moveIdleParts(
  db: Db,
  at: Checkpoint,
  moves: readonly Omit<PartMove, 'alone'>[],
): Promise<void> {
  const moved = await sql`
    with serving as (
      select name, generation from projections
      where name = ${at.name} and generation = ${at.generation} and status = 'live' for key share)
    update projection_partitions q set next_offset = m.next, position = m.position
    from serving s, unnest(
      ${moves.map((move) => move.partition)}::int[], ${moves.map(({ from }) => from.next)}::bigint[],
      ${moves.map(({ to }) => to.next)}::bigint[], ${moves.map(({ to }) => to.position)}::bigint[]
    ) as m (partition, before, next, position)
    where q.name = s.name and q.generation = s.generation and q.partition = m.partition and q.next_offset = m.before
    returning 1`.execute(db);
  if (moved.rows.length !== moves.length)
    throw new LostRace(`${at.name} generation ${at.generation} is elsewhere`);
}

export interface Reached {
  /** Every event up to it is in the feed. */
  readonly relayed: number;
  /** Where each partition ended when that was saved. */
  readonly ends: readonly number[];
  /** What each view has reached. */
  readonly views: ReadonlyMap<string, number>;
}

/**
 * Brings views to the position that all their partitions have reached: a partition that has been read as far as the feed
 * was published holds none of the events up to there; of any other, what it has seen last counts.
 */
export async function advanceViews(db: Db, names: readonly string[]): Promise<Reached> {
  const { rows } = await sql<{ name: string; position: number; relayed: number; ends: number[] }>`
    with relayed as (select position, offsets from relay_progress where name = ${FEED}),
    serving as (
      select name, generation, position from projections
      where status = 'live' and name = any(${[...names]}) order by name for no key update),
    reached as (
      select v.name, v.generation, greatest(v.position, min(
        case when q.next_offset >= r.offsets[q.partition + 1] then greatest(r.position, q.position) else q.position end
      ) filter (where cardinality(r.offsets) > 0)) as position
      from serving v join projection_partitions q using (name, generation) cross join relayed r
      group by v.name, v.generation, v.position),
    moved as (
      update projections p set position = reached.position, updated_at = clock_timestamp()
      from reached where p.name = reached.name and p.generation = reached.generation and p.position < reached.position)
    select name, position::float8 as position, (select position from relayed)::float8 as relayed,
      (select offsets from relayed)::float8[] as ends from reached`.execute(db);
  return {
    relayed: rows[0]?.relayed ?? 0,
    ends: rows[0]?.ends ?? [],
    views: new Map(rows.map(({ name, position }) => [name, position])),
  };
}

/** Gives the partitions of the generation that served to the one that follows it, which has seen all up to its position. */
export async function carryPartitions(tx: Tx, from: Checkpoint, to: Checkpoint): Promise<void> {
  await sql`
    insert into projection_partitions (name, generation, partition, next_offset, position)
    select q.name, ${to.generation}, q.partition,
      greatest(q.next_offset, r.offsets[q.partition + 1]), greatest(q.position, ${to.position})
    from projection_partitions q left join relay_progress r on r.name = ${FEED} and r.position <= ${to.position}
    where q.name = ${from.name} and q.generation = ${from.generation}`.execute(tx);
}

/** How far a view has come in one stream; the view's row must be locked. */
export async function reachedOf(tx: Tx, at: Checkpoint, stream: string): Promise<number> {
  return Math.max(at.position, (await partReached(tx, at))(stream));
}

/** How far the partition of a stream has come; 0 where the view is fed straight from the log. */
async function partReached(tx: Tx, at: Checkpoint): Promise<(stream: string) => number> {
  const { rows } = await sql<{ position: number }>`
    select position::float8 as position from projection_partitions
    where name = ${at.name} and generation = ${at.generation} order by partition`.execute(tx);
  return (stream) => rows[partitionOf(stream, rows.length)]?.position ?? 0;
}

/**
 * Moves all partitions of a view together along the log, up to a position; with `offsets` also past what of the feed lies
 * before them. Nobody else writes to the view meanwhile; what a partition has seen already is not due again.
 */
export const moveAllParts =
  (at: Checkpoint, upTo: number, offsets: readonly number[] | null): Move =>
  async (tx) => {
    const serving = await sql<{ position: number }>`
      select position::float8 as position from projections
      where name = ${at.name} and generation = ${at.generation} and status = 'live' for update`.execute(tx);
    if (serving.rows[0]?.position !== at.position)
      throw new LostRace(`${at.name} generation ${at.generation} is no longer at ${at.position}`);
    const reached = await partReached(tx, at);
    await sql`update projections set position = greatest(position, ${upTo}), updated_at = clock_timestamp()
      where name = ${at.name} and generation = ${at.generation}`.execute(tx);
    await sql`
      update projection_partitions set position = greatest(position, ${upTo}),
        next_offset = greatest(next_offset, (${offsets ? [...offsets] : []}::bigint[])[partition + 1])
      where name = ${at.name} and generation = ${at.generation}
      returning ${searchPath(at)}`.execute(tx);
    const parked = await parkedIn(tx, at);
    return ({ stream, position }) => position > reached(stream) && !parked.has(stream);
  };
