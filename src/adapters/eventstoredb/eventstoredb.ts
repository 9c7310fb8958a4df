// EventStoreDB as the place of the event log and of the snapshots beside it: the one way in for profiles and tests.
import type { EventLog } from '../../ports/event-log.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { Connection } from './connection.ts';
import { EventStoreDbEventLog } from './eventstoredb-event-log.ts';
import { EventStoreDbSnapshotStore } from './eventstoredb-snapshot-store.ts';

export interface EventStoreDb {
  readonly log: EventLog;
  readonly snapshots: SnapshotStore;
}

/**
 * Connects when it is first used, and `log.close()` ends it. Throws StartRefused for a bad `url`.
 * @param url of one node `esdb://user:password@host:2113?tls=true`, of a cluster by its members
 * `esdb://user:password@a:2113,b:2113,c:2113` or by DNS `esdb+discover://user:password@cluster.example:2113`; without TLS
 * `?tls=false`, with a CA of one's own `?tlsCAFile=/path/ca.pem`
 */
export function openEventStoreDb(url: string): EventStoreDb {
  const connection = new Connection(url);
  return { log: new EventStoreDbEventLog(connection), snapshots: new EventStoreDbSnapshotStore(connection) };
}
