// How far something that follows the log is behind, by time: positions are bytes on EventStoreDB, and say little.
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';

/** Seconds since the first event after `position` was decided; 0 when there is none. */
export async function secondsBehind(
  { log, clock }: { readonly log: Pick<EventLog, 'readAll'>; readonly clock: Pick<Clock, 'now'> },
  position: number,
): Promise<number> {
  const [missed] = await log.readAll(position, 1);
  return missed ? Math.max(0, (clock.now() - Date.parse(missed.metadata.at)) / 1000) : 0;
}
