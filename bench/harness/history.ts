// Histories written straight to the log, as the engine itself would have written them: the fast way to a long one.
import { v7 as uuidv7 } from 'uuid';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import type { NewEvent, RecordedEvent } from '../../src/domain/event.ts';

const APPEND = 500;
const STREAMS_AT_ONCE = 16;
const FRESH_AT_ONCE = 512;

/** `keyed` events are remembered by their command's id, as those with an Idempotency-Key are. */
export function eventOf(type: string, data: unknown, commandId: string = uuidv7(), keyed = false): NewEvent {
  const metadata = {
    commandId,
    requestHash: keyed ? 'abcdefghijklmnopqrstuv' : '',
    actor: 'client:bench',
    correlationId: commandId,
    causationId: commandId,
    at: new Date().toISOString(),
  };
  return { id: uuidv7(), type, data, metadata };
}

export function held(seat: string, customerId: string, until: number): NewEvent {
  const holdId = uuidv7();
  const data = {
    holdId,
    clientId: 'bench',
    customerId,
    seats: [seat],
    areas: [],
    total: { amount: 100, currency: 'EUR' },
    until: new Date(until).toISOString(),
  };
  return eventOf('SeatsHeld', data, holdId, true);
}

/** A hold and its release, again and again: as many events as are asked for without ever filling a hall. */
export function turnover(seatIds: readonly string[], events: number): NewEvent[] {
  const until = Date.now() + 600_000;
  return Array.from({ length: events / 2 }, (_, n) => {
    const hold = held(seatIds[n % (seatIds.length - 1_000)]!, `c${n}`, until);
    const { holdId, seats } = hold.data as { holdId: string; seats: string[] };
    return [hold, eventOf('HoldReleased', { holdId, seats, areas: [] })];
  }).flat();
}

/** Appends to each stream what `eventsOf` gives for it; `fresh`: the streams are new, and may be many. */
export async function writeHistory(
  url: string,
  streams: readonly string[],
  eventsOf: (index: number) => readonly NewEvent[],
  { fresh = false } = {},
): Promise<void> {
  const log = new PostgresEventLog(url);
  // All before the first event is made: that keeps this process too busy for a read to come back in time.
  const revisions: number[] = [];
  if (!fresh) for (const stream of streams) revisions.push(await lastRevision(log, stream));
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let i = next++; i < streams.length; i = next++) {
      const events = eventsOf(i);
      let revision = revisions[i] ?? -1;
      for (let at = 0; at < events.length; at += APPEND) {
        const result = await log.append(streams[i]!, revision, events.slice(at, at + APPEND));
        if (result.kind !== 'appended') throw new Error(`somebody else writes to ${streams[i]}`);
        revision = result.revision;
      }
    }
  };
  await Promise.all(Array.from({ length: fresh ? FRESH_AT_ONCE : STREAMS_AT_ONCE }, writer));
  await log.close();
}

async function lastRevision(log: PostgresEventLog, stream: string): Promise<number> {
  let revision = -1;
  for await (const page of log.readStream(stream, 0)) revision = page.at(-1)!.revision;
  return revision;
}

const PAGE = 10_000;

/** Every event there is, in order. */
export async function readLog(log: Pick<PostgresEventLog, 'readAll'>): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for (;;) {
    const page = await log.readAll(all.at(-1)?.position ?? 0, PAGE);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
