// Writers that go on through crashes of what stores the log, and what has to be in it afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { AppendResult, EventLog } from '../../../src/ports/event-log.ts';
import { Fault } from '../../../src/ports/fault.ts';
import { eventsOf, idsOf, newEvents, newStream } from './sample-events.ts';

/** Follows the log from its beginning for the time of the test. */
export function followed(log: EventLog): RecordedEvent[] {
  const stop = new AbortController();
  const events: RecordedEvent[] = [];
  const following = log.subscribeAll(0, (some) => void events.push(...some), { signal: stop.signal });
  onTestFinished(async () => {
    stop.abort();
    await following;
  });
  return events;
}

export interface Written {
  readonly stream: string;
  readonly acknowledged: string[];
}

/** Every acknowledged event is in the log once, in order, and was followed once. */
export async function borneOut(
  log: EventLog,
  seen: readonly { id: string; position: number }[],
  written: readonly Written[],
): Promise<void> {
  for (const { stream, acknowledged } of written) {
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(idsOf(await eventsOf(log, stream))).toEqual(acknowledged);
  }
  const all = await log.readAll(0, 1_000_000);
  await expect.poll(() => seen.length).toBeGreaterThanOrEqual(all.length);
  expect(idsOf(seen)).toEqual(idsOf(all));
  expect(all).toHaveLength(written.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0));
}

/** Appends to one stream as the command pipeline does: after an unknown outcome it reads the stream to learn what happened. */
export async function writeUntilStopped(log: EventLog, stopped: AbortSignal): Promise<Written> {
  const stream = newStream();
  const acknowledged: string[] = [];
  while (!stopped.aborted) {
    const events = newEvents(2);
    let answer: AppendResult | null = null;
    try {
      answer = await log.append(stream, acknowledged.length - 1, events);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.outcome === 'unknown' && (await readBack(log, stream)).length > acknowledged.length)
        answer = { kind: 'appended', revision: 0, position: 0 };
      await sleep(20);
    }
    expect(answer?.kind).not.toBe('conflict');
    if (answer) acknowledged.push(...idsOf(events));
  }
  return { stream, acknowledged };
}

async function readBack(log: EventLog, stream: string): Promise<string[]> {
  for (;;) {
    try {
      return idsOf(await eventsOf(log, stream));
    } catch {
      await sleep(100);
    }
  }
}
