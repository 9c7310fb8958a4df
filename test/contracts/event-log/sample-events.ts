// Events and streams to append, fresh for every test so that tests on one log do not see each other.
import { randomUUID } from 'node:crypto';
import type { NewEvent, RecordedEvent } from '../../../src/domain/event.ts';
import type { EventLog, ReadAllOptions } from '../../../src/ports/event-log.ts';

/** A log in a state of its own, and a second process on the same storage (the same instance where there is none). */
export interface LogUnderTest {
  readonly log: EventLog;
  readonly other: EventLog;
  /** Its positions are no count. */
  readonly hasGaps?: boolean;
  close(): Promise<void>;
}

export const newStream = (): string => `show-${randomUUID()}`;

export function newEvent(data: unknown = {}, type = 'SeatsHeld'): NewEvent {
  const commandId = randomUUID();
  return {
    id: randomUUID(),
    type,
    data,
    metadata: {
      commandId,
      requestHash: 'f00d',
      actor: 'client:test',
      correlationId: commandId,
      causationId: commandId,
      at: '2026-11-21T10:00:00.000Z',
    },
  };
}

/** `count` events with data { n: 0 }, { n: 1 } … */
export const newEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, n) => newEvent({ n }));

export async function eventsOf(
  log: EventLog,
  stream: string,
  from = 0,
  limit?: number,
): Promise<RecordedEvent[]> {
  const pages: RecordedEvent[][] = [];
  for await (const page of log.readStream(stream, from, limit)) pages.push(page);
  return pages.flat();
}

export const idsOf = (events: readonly { id: string }[]): string[] => events.map((event) => event.id);

export const positionsOf = (events: readonly { position: number }[]): number[] =>
  events.map((event) => event.position);

/** Whether each position is greater than the one before, the first greater than `after`. */
export const onlyGrowing = (positions: readonly number[], after: number): boolean =>
  positions.every((position, index) => position > (positions[index - 1] ?? after));

/** Every event after the position, or of them only some, as the pages that the log gives. */
export async function pagesAfter(
  log: EventLog,
  position: number,
  pageSize: number,
  options?: ReadAllOptions,
): Promise<RecordedEvent[][]> {
  const pages: RecordedEvent[][] = [];
  for (;;) {
    const page = await log.readAll(pages.at(-1)?.at(-1)!.position ?? position, pageSize, options);
    if (page.length === 0) return pages;
    pages.push(page);
  }
}

export const allAfter = async (
  log: EventLog,
  position: number,
  pageSize = 100,
  options?: ReadAllOptions,
): Promise<RecordedEvent[]> => (await pagesAfter(log, position, pageSize, options)).flat();
