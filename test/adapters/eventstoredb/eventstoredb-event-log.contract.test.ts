// The event log on EventStoreDB keeps the port's promises, also between two processes.
import { openEventStoreDb } from '../../../src/adapters/eventstoredb/eventstoredb.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { startEventStore } from '../../support/servers/servers.ts';

eventLogContract('on EventStoreDB', async () => {
  const server = await startEventStore();
  const [one, two] = [openEventStoreDb(server.url), openEventStoreDb(server.url)];
  return {
    log: one.log,
    other: two.log,
    hasGaps: true,
    close: async () => {
      await Promise.all([one.log.close(), two.log.close()]);
      await server.stop();
    },
  };
});
