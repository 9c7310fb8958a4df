// A stand-in for EventStoreDB with event logs on it, each standing for a process, for one test.
import { onTestFinished } from 'vitest';
import { openEventStoreDb, type EventStoreDb } from '../../../src/adapters/eventstoredb/eventstoredb.ts';
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
  onTestFinished(() => db.log.close());
  return db;
}
