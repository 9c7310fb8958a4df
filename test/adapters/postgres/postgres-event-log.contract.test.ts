// The event log on Postgres keeps the port's promises, also between two processes.
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { migrate } from '../../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../../src/adapters/postgres/postgres-event-log.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { gapless } from '../../contracts/event-log/gapless.ts';
import { createDatabase } from '../../support/postgres.ts';

eventLogContract(
  'on Postgres',
  async () => {
    const database = await createDatabase();
    const { db, close } = openDatabase(database.url, { poolMax: 2 });
    await migrate(db);
    await close();
    const log = new PostgresEventLog(database.url);
    const other = new PostgresEventLog(database.url);
    return {
      log,
      other,
      close: async () => {
        await Promise.all([log.close(), other.close()]);
        await database.drop();
      },
    };
  },
  { gapless },
);
