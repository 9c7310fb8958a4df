// One connection to EventStoreDB, a single node or a cluster as its connection string says, with a time limit around
// everything that is asked of it: the client's own deadlines cover neither reads nor connecting.
import { EventStoreDBClient } from '@eventstore/db-client';
import { Fault } from '../../ports/fault.ts';
import { StartRefused } from '../../ports/start-refused.ts';
import { systemClock } from '../system/system-clock.ts';
import { CallTimedOut, isPassing, messageOf, unavailable } from './eventstoredb-fault.ts';

/** Pauses before a read is sent again; a leader is elected in a second or two. */
const READ_RETRY_PAUSES_MS = [20, 100, 400, 1_000];
export const CALL_TIMEOUT_MS = 5_000;

export class Connection {
  readonly client: EventStoreDBClient;
  #closed = false;

  /** Connects when it is first used. Throws StartRefused for a string that is no connection string. */
  constructor(url: string) {
    try {
      this.client = EventStoreDBClient.connectionString(url);
    } catch (error) {
      throw new StartRefused(`EVENTSTORE_URL cannot be used: ${messageOf(error)}`);
    }
    // One RPC for each append: the shared stream of BatchAppend ignores deadlines, and one that breaks may leave the
    // client's appends written and never answered (docs/decisions/0040).
    Object.assign(this.client, { supports: async () => false });
  }

  /** Asks for something that may be asked again: reads. Throws a Fault when it cannot be had. */
  async read<T>(what: string, ask: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      if (this.#closed) throw new Fault('ShuttingDown', 'The event log is closed.');
      try {
        return await ask();
      } catch (error) {
        const pauseMs = READ_RETRY_PAUSES_MS[attempt];
        if (!isPassing(error) || error instanceof CallTimedOut || pauseMs === undefined) {
          throw error instanceof Fault ? error : unavailable(what, error);
        }
        await systemClock.sleep(pauseMs);
      }
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await within(CALL_TIMEOUT_MS, this.client.dispose()).catch(() => {});
    // The client has no way to close its channel, and an open one keeps its sockets.
    const { getChannel } = this.client as unknown as {
      getChannel: () => Promise<{ close(): void }>;
    };
    await within(CALL_TIMEOUT_MS, getChannel()).then(
      (channel) => channel.close(),
      () => {},
    );
  }
}

/** Rejects with CallTimedOut when it takes longer; what was begun goes on, unheard. */
export function within<T>(ms: number, running: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CallTimedOut(`no answer within ${ms} ms`)), ms);
    running.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
