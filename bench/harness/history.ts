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

/** A hold and its release, again and again: as many events as are asked for without ever filling a hall. Made as they are
 * wanted: a million at once keep a process too busy to connect. */
export function* turnover(seatIds: readonly string[], events: number): Generator<NewEvent> {
  const until = Date.now() + 600_000;
  for (let n = 0; n < events / 2; n += 1) {
    const hold = held(seatIds[n % (seatIds.length - 1_000)]!, `c${n}`, until);
    const { holdId, seats } = hold.data as { holdId: string; seats: string[] };
    yield hold;
    yield eventOf('HoldReleased', { holdId, seats, areas: [] });
  }
}

/** Appends to each stream what `eventsOf` gives for it; `fresh`: the streams are new, and may be many. */
export async function writeHistory(
  url: string,
  streams: readonly string[],
  eventsOf: (index: number) => Iterable<NewEvent>,
  { fresh = false } = {},
): Promise<void> {
  const log = new PostgresEventLog(url);
  let next = 0;
  const writer = async (): Promise<void> => {
    for (let i = next++; i < streams.length; i = next++) {
      const stream = streams[i]!;
      let revision = fresh ? -1 : await lastRevision(log, stream);
      for (const some of inParts(eventsOf(i))) {
        const result = await log.append(stream, revision, some);
        if (result.kind !== 'appended') throw new Error(`somebody else writes to ${stream}`);
        revision = result.revision;
      }
    }
  };
  await Promise.all(Array.from({ length: fresh ? FRESH_AT_ONCE : STREAMS_AT_ONCE }, writer));
  await log.close();
}

function* inParts(events: Iterable<NewEvent>): Generator<NewEvent[]> {
  let part: NewEvent[] = [];
  for (const event of events) {
    if (part.push(event) < APPEND) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
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
