// A stand-in for EventStoreDB with event logs on it, each standing for a process, for one test.
import { onTestFinished } from 'vitest';
import { openEventStoreDb, type EventStoreDb } from '../../../src/adapters/eventstoredb/eventstoredb.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import type { RecordedEvent } from '../../../src/domain/event.ts';
import { startStandIn, type StandIn, type StandInOptions } from '../../support/eventstoredb/stand-in.ts';
import { temporaryFolder } from '../../support/temp-folder.ts';

export interface Faulty {
  readonly standIn: StandIn;
  /** By another connection string than its own, if one is given. */
  readonly open: (url?: string) => EventStoreDb;
}

/** Everything is closed when the test is over. */
export async function faultyEventStore(options: Omit<StandInOptions, 'folder'> = {}): Promise<Faulty> {
  const standIn = await startStandIn({ folder: temporaryFolder(), ...options });
  onTestFinished(() => standIn.stop());
  return { standIn, open: (url = standIn.url) => openForTest(url) };
}

export function openForTest(url: string): EventStoreDb {
  const db = openEventStoreDb(url);
  onTestFinished(() => db.close());
  return db;
}

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
