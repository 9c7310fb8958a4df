// Events as EventStoreDB keeps them, and which of its streams are ours to show. Positions are commit positions: byte
// offsets of its transaction log, so they grow with gaps between them (docs/decisions/0041).
import { jsonEvent } from '@eventstore/db-client';
import type {
  AllStreamRecordedEvent,
  JSONEventData,
  RecordedEvent as StoredEvent,
} from '@eventstore/db-client';
import type { EventMetadata, NewEvent, RecordedEvent } from '../../domain/event.ts';
import { assertStreamName, storableEvent } from '../../ports/storable-event.ts';

/** Streams of this adapter (snapshots, the clock) begin with `_`, those of EventStoreDB with `$`: no reader sees them. */
const HIDDEN = /^[$_]/;
/** The same as the server tells them apart. */
export const SHOWN_STREAMS_REGEX = '^[^$_]';

export const snapshotStreamOf = (stream: string): string => `_snapshot-${stream}`;
export const CLOCK_STREAM = '_clock';

/** Throws a TypeError if a stream cannot have this name. */
export function assertShownStream(stream: string): void {
  assertStreamName(stream);
  if (HIDDEN.test(stream))
    throw new TypeError(`A stream's name cannot begin with "${stream[0]}" on EventStoreDB.`);
}

export const isShown = (event: { streamId: string } | undefined): boolean =>
  event !== undefined && !HIDDEN.test(event.streamId);

/** An event as the client takes it, and its size. Throws a TypeError if no log can keep it. */
export function toStored(event: NewEvent): { stored: JSONEventData; characters: number } {
  const text = storableEvent(event);
  const characters = text.data.length + text.metadata.length;
  const { id, type, data, metadata } = event;
  const stored = jsonEvent({ id, type, data, metadata: { ...metadata } } as Parameters<typeof jsonEvent>[0]);
  return { stored, characters };
}

export function toRecorded(event: StoredEvent | AllStreamRecordedEvent): RecordedEvent {
  return {
    id: event.id,
    type: event.type,
    data: event.data,
    metadata: event.metadata as unknown as EventMetadata,
    stream: event.streamId,
    revision: Number(event.revision),
    position: positionOf(event),
  };
}

/** The commit position as a number. A log of 2^53 bytes (9 petabytes) would be too long for us. */
export function positionOf({ position }: { position?: { commit: bigint } }): number {
  const commit = Number(position?.commit ?? -1n);
  if (Number.isSafeInteger(commit) && commit >= 0) return commit;
  throw new Error(
    'EventStoreDB gave an event without its position. Servers before 22.6 do so when a stream is read: use 23.10 or newer.',
  );
}

export const at = (position: number): { commit: bigint; prepare: bigint } => ({
  commit: BigInt(position),
  prepare: BigInt(position),
});
