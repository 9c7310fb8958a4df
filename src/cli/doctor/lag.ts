// How far something that follows the log is behind, by time: positions are bytes on EventStoreDB, and say little.
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';

/** Seconds since the first event after `position` was decided; 0 when there is none. */
export async function secondsBehind(
  { log, clock }: { readonly log: Pick<EventLog, 'readAll'>; readonly clock: Pick<Clock, 'now'> },
  position: number,
): Promise<number> {
  const [missed] = await log.readAll(position, 1);
  return missed ? Math.max(0, (clock.now() - Date.parse(missed.metadata.at)) / 1000) : 0;
}

const LAG_S_MAX = 60;

/** What is behind by so many seconds, or by what the log does not say. */
export const isLate = (behindS: number | Error): boolean =>
  !(behindS instanceof Error) && behindS > LAG_S_MAX;

export function sayBehind(seconds: number | Error): string {
  if (seconds instanceof Error) return 'and how far behind, the log does not say';
  return seconds === 0 ? 'up to date' : `${Math.ceil(seconds)} s behind`;
}
