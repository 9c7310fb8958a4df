// Brings a view up from the log where the feed no longer has what it lacks, or never had: as far as the feed is published,
// from where its partitions go on.
import { sql } from 'kysely';
import type { EventLog } from '../ports/event-log.ts';
import { applyMoved } from './apply-batch.ts';
import type { ParkedStream } from './parking.ts';
import { FEED, moveAllParts } from './partitions.ts';
import type { Checkpoint, Db, Projection } from './projection.ts';

const PAGE = 2_000;

export interface CatchUpParts {
  readonly db: Db;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly at: Checkpoint;
  readonly onParked?: (parked: ParkedStream) => void;
  /** Ends it between two pages: it may be the whole log. */
  readonly signal: AbortSignal;
}

/** LostRace when somebody else does the same meanwhile; throws when the signal has aborted, and goes on when called again. */
export async function catchUp(parts: CatchUpParts): Promise<void> {
  const { db, log, projection, at: from, onParked, signal } = parts;
  const relayed = await sql<{ position: number; offsets: number[] }>`
    select position::float8 as position, offsets::float8[] as offsets from relay_progress where name = ${FEED}`.execute(
    db,
  );
  const { position: goal, offsets } = relayed.rows[0] ?? { position: 0, offsets: [] };
  for (let at = from; ;) {
    signal.throwIfAborted();
    const page = await log.readAll(at.position, PAGE, { types: projection.types, fewerIfLong: true });
    const events = page.filter((event) => event.position <= goal);
    const last = events.length < page.length || page.length === 0;
    const upTo = last ? Math.max(goal, at.position) : events.at(-1)!.position;
    const move = moveAllParts(at, upTo, last ? offsets : null);
    await applyMoved(db, projection, at, events, move, { horizon: upTo, onParked });
    if (last) return;
    at = { ...at, position: upTo };
  }
}
