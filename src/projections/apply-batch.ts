// One batch into one projection: its rows and its checkpoint change together or not at all.
import type { RecordedEvent } from '../domain/event.ts';
import { handleOrPark, isPoison, type ParkedStream } from './parking.ts';
import type { Batch, Checkpoint, Db, Move, Projection, Tx } from './projection.ts';
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
export function applyBatch(
  db: Db,
  projection: Projection,
  from: Checkpoint,
  batch: Batch,
  applying: Applying,
): Promise<void> {
  return applyMoved(db, projection, from, batch.events, along(from, batch, applying), {
    ...applying,
    horizon: applying.horizon ?? batch.upTo,
  });
}

/** The same, however its progress is kept. */
export async function applyMoved(
  db: Db,
  projection: Projection,
  at: Checkpoint,
  events: readonly RecordedEvent[],
  move: Move,
  { horizon, onParked }: { horizon: number; onParked?: Applying['onParked'] },
): Promise<void> {
  try {
    await db.transaction().execute((tx) => handleMoved(tx, projection, events, move, horizon));
  } catch (error) {
    projection.reset?.();
    if (!isPoison(error) || events.length === 0) throw error;
    const parked = await parkingIn(db, projection, at, events, move);
    for (const stream of parked) onParked?.(stream);
  }
}

async function parkingIn(
  db: Db,
  projection: Projection,
  at: Checkpoint,
  events: readonly RecordedEvent[],
  move: Move,
): Promise<ParkedStream[]> {
  try {
    return await db.transaction().execute(async (tx) => {
      const left = events.filter(await move(tx));
      return handleOrPark(projection, tx, at, left);
    });
  } catch (error) {
    projection.reset?.();
    throw error;
  }
}

/** The same inside a transaction that somebody else ends, and who then calls `reset` if it is undone. */
export function applyIn(
  tx: Tx,
  projection: Projection,
  from: Checkpoint,
  batch: Batch,
  applying: Applying,
): Promise<void> {
  const move = along(from, batch, applying);
  return handleMoved(tx, projection, batch.events, move, applying.horizon ?? batch.upTo);
}

async function handleMoved(
  tx: Tx,
  projection: Projection,
  events: readonly RecordedEvent[],
  move: Move,
  horizon: number,
): Promise<void> {
  const isDue = await move(tx);
  const due = events.filter(isDue);
  if (due.length > 0) await projection.handle(due, { tx, horizon });
}

/** Along the log: one checkpoint for all streams. */
const along =
  (from: Checkpoint, { upTo }: Batch, { status }: Applying): Move =>
  async (tx) => {
    const parked = await moveCheckpoint(tx, from, status, upTo);
    return ({ stream }) => !parked.has(stream);
  };
