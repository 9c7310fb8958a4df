// Events that a handler cannot take: their stream is parked, so that its order is kept, and all others move on.
import { sql } from 'kysely';
import type { RecordedEvent } from '../domain/event.ts';
import { Fault } from '../ports/fault.ts';
import type { EventLog } from '../ports/event-log.ts';
import { reachedOf } from './partitions.ts';
import { LostRace, useSchema } from './registry.ts';
import type { Checkpoint, Db, Projection, Tx } from './projection.ts';

export interface ParkedStream {
  readonly projection: string;
  readonly generation: number;
  readonly stream: string;
  /** Of the first event that is not in the rows. */
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly error: string;
  /** ms since 1970. */
  readonly parkedAt: number;
}

/** Whether an error is the event's own fault, and not that of a database that is away, busy or changing. */
export function isPoison(error: unknown): boolean {
  if (error instanceof Fault || error instanceof LostRace || !(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  // Class 22 is bad data, 23 a broken constraint, 54 a limit; all other codes say something about the server or the way to it.
  if (typeof code === 'string' && code !== '') return /^(22|23|54)/.test(code) || code.startsWith('ERR_');
  return !/connection|timeout|terminated|econn|socket/i.test(error.message);
}

/** Handles what can be handled: halves the batch until each poison event stands alone, and parks its stream. */
export async function handleOrPark(
  projection: Projection,
  tx: Tx,
  at: Checkpoint,
  events: readonly RecordedEvent[],
): Promise<ParkedStream[]> {
  const parked: ParkedStream[] = [];
  const attempt = async (some: readonly RecordedEvent[]): Promise<void> => {
    const left = some.filter((event) => !parked.some(({ stream }) => stream === event.stream));
    if (left.length === 0) return;
    await sql`savepoint half`.execute(tx);
    try {
      await projection.handle(left, { tx, horizon: left.at(-1)!.position });
      await sql`release savepoint half`.execute(tx);
    } catch (error) {
      projection.reset?.();
      if (!isPoison(error)) throw error;
      await sql`rollback to savepoint half`.execute(tx);
      if (left.length === 1) return void parked.push(await park(tx, at, left[0]!, error as Error));
      const middle = left.length >> 1;
      await attempt(left.slice(0, middle));
      await attempt(left.slice(middle));
    }
  };
  await attempt(events);
  return parked;
}

async function park(
  tx: Tx,
  { name, generation }: Checkpoint,
  event: RecordedEvent,
  error: Error,
): Promise<ParkedStream> {
  const { stream, revision, position, type } = event;
  const { rows } = await sql<{ parkedAt: number }>`
    insert into parked (projection, generation, stream, revision, position, type, error)
    values (${name}, ${generation}, ${stream}, ${revision}, ${position}, ${type}, ${error.message.slice(0, 1_000)})
    returning ${parkedAtMs} as "parkedAt"`.execute(tx);
  return {
    projection: name,
    generation,
    stream,
    revision,
    position,
    type,
    error: error.message,
    parkedAt: rows[0]!.parkedAt,
  };
}

const parkedAtMs = sql`floor(extract(epoch from parked_at) * 1000)::float8`;

/** Parked streams of the generations that serve. */
export async function parkedStreams(db: Db): Promise<ParkedStream[]> {
  const found = await sql<ParkedStream>`
    select k.projection, k.generation, k.stream, k.revision, k.position::float8 as position, k.type, k.error,
      ${parkedAtMs} as "parkedAt"
    from parked k join projections p on p.name = k.projection and p.generation = k.generation
      and p.status = 'live' order by k.projection, k.position`.execute(db);
  return found.rows;
}

/**
 * Handles what a parked stream has missed, up to where its projection stands, and takes it back; false: it is not parked.
 * With `skipFirst` the poison event itself is left out, until a rebuild, which parks the stream again; a view that folds
 * whole streams cannot do without it. Throws what the handler throws: it stays parked then.
 */
export async function retryParked(
  db: Db,
  log: EventLog,
  projection: Projection,
  stream: string,
  { skipFirst = false } = {},
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const live = await sql<{ generation: number; position: number }>`
      select generation, position::float8 as position from projections where name = ${projection.name} and status = 'live' for update`.execute(
      tx,
    );
    const at = live.rows[0];
    if (!at) return false;
    const parked = await sql<{ revision: number }>`
      delete from parked where projection = ${projection.name} and generation = ${at.generation} and stream = ${stream} returning revision`.execute(
      tx,
    );
    if (!parked.rows[0]) return false;
    const upTo = await reachedOf(tx, { name: projection.name, ...at }, stream);
    await useSchema(tx, { name: projection.name, generation: at.generation });
    for await (const page of log.readStream(stream, parked.rows[0].revision + (skipFirst ? 1 : 0))) {
      const missed = page.filter((event) => event.position <= upTo && projection.types.includes(event.type));
      if (missed.length > 0) await projection.handle(missed, { tx, horizon: upTo });
      if (page.at(-1)!.position > upTo) break;
    }
    await sql`update projections set remade = remade + 1 where name = ${projection.name} and generation = ${at.generation}`.execute(
      tx,
    );
    return true;
  });
}
