// Snapshots in a stream beside each stream, of which EventStoreDB keeps the newest. They are compressed: an append takes no
// more than a megabyte on a server that is not told otherwise. Losing one harms nobody.
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { binaryEvent, NO_STREAM, WrongExpectedVersionError } from '@eventstore/db-client';
import type { RecordedEvent } from '@eventstore/db-client';
import type { Snapshot, SnapshotStore } from '../../ports/snapshot-store.ts';
import { CALL_TIMEOUT_MS, within, type Connection } from './connection.ts';
import { EventPages } from './event-pages.ts';
import { unavailable } from './eventstoredb-fault.ts';
import { snapshotStreamOf } from './stored-events.ts';

/** Others that save at the same moment. */
const RIVALS_MAX = 20;
/** The one before it stays until the next save: a reader may be on its way to it. */
const KEPT = 2;

const compress = promisify(gzip);
const expand = promisify(gunzip);

export class EventStoreDbSnapshotStore implements SnapshotStore {
  readonly #connection: Connection;
  readonly #pages: EventPages;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#pages = new EventPages(connection);
  }

  async load(stream: string): Promise<Snapshot | null> {
    const newest = await this.#pages.lastStored(snapshotStreamOf(stream));
    if (newest === null) return null;
    const { revision, version } = newest.metadata as unknown as Snapshot;
    const text = await expand(newest.data as Uint8Array);
    return { revision, version, state: JSON.parse(text.toString('utf8')) as unknown };
  }

  async save(stream: string, { revision, version, state }: Snapshot): Promise<void> {
    const text = JSON.stringify(state); // at once: the state goes on changing
    const data = await compress(text);
    const beside = snapshotStreamOf(stream);
    for (let rivals = 0; rivals <= RIVALS_MAX; rivals += 1) {
      const newest = await this.#pages.lastStored(beside);
      if (newest !== null && (newest.metadata as unknown as Snapshot).revision > revision) return;
      try {
        const event = binaryEvent({ type: 'Snapshot', data, metadata: { revision, version } });
        await this.#append(beside, newest, event);
        return;
      } catch (error) {
        if (!(error instanceof WrongExpectedVersionError)) throw unavailable('save a snapshot', error);
      }
    }
  }

  async #append(
    stream: string,
    after: RecordedEvent | null,
    event: ReturnType<typeof binaryEvent>,
  ): Promise<void> {
    const { client } = this.#connection;
    if (after === null) await within(CALL_TIMEOUT_MS, client.setStreamMetadata(stream, { maxCount: KEPT }));
    const expectedRevision = after === null ? NO_STREAM : after.revision;
    const options = { expectedRevision, requiresLeader: true, deadline: CALL_TIMEOUT_MS } as const;
    await within(CALL_TIMEOUT_MS, client.appendToStream(stream, event, options));
  }
}
