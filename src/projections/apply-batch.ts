// One batch into one projection: its rows and its checkpoint change together or not at all.
import { handleOrPark, isPoison, type ParkedStream } from './parking.ts';
import type { Batch, Checkpoint, Db, Projection, Tx } from './projection.ts';
import { moveCheckpoint, type GenerationStatus } from './registry.ts';

export interface Applying {
  readonly status: GenerationStatus;
  /** How far the projection may look into the log; the end of the batch unless it is being built. */
  readonly horizon?: number;
  readonly onParked?: (parked: ParkedStream) => void;
}

/**
 * Writes a batch. Throws LostRace when the checkpoint stands elsewhere, and what a database throws; then nothing is
 * written. Events that the handler cannot take are parked with their stream.
 */
export async function applyBatch(
  db: Db,
  projection: Projection,
  from: Checkpoint,
  batch: Batch,
  applying: Applying,
): Promise<void> {
  try {
    await db.transaction().execute((tx) => applyIn(tx, projection, from, batch, applying));
  } catch (error) {
    projection.reset?.();
    if (!isPoison(error) || batch.events.length === 0) throw error;
    const parked = await db.transaction().execute(async (tx) => {
      const events = unparked(batch, await moveCheckpoint(tx, from, applying.status, batch.upTo));
      return handleOrPark(projection, tx, from, events);
    });
    for (const stream of parked) applying.onParked?.(stream);
  }
}

/** The same inside a transaction that somebody else ends. */
export async function applyIn(
  tx: Tx,
  projection: Projection,
  from: Checkpoint,
  batch: Batch,
  { status, horizon }: Applying,
): Promise<void> {
  const events = unparked(batch, await moveCheckpoint(tx, from, status, batch.upTo));
  if (events.length > 0) await projection.handle(events, { tx, horizon: horizon ?? batch.upTo });
}

const unparked = ({ events }: Batch, parked: ReadonlySet<string>): Batch['events'] =>
  parked.size === 0 ? events : events.filter((event) => !parked.has(event.stream));
