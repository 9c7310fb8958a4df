// A second engine, on a log and a database of its own, under the KAFKA_TOPIC of the first: each role as an operator starts it.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import { NO_STREAM } from '../../src/ports/event-log.ts';
import { newEvents, newStream } from '../contracts/event-log/sample-events.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { DistributedWorld } from './distributed-world.ts';
import { RoleProcess } from './role-process.ts';

let first: DistributedWorld;
let database: TestDatabase;
let second: Database;
let environment: Record<string, string>;
const processes: RoleProcess[] = [];
beforeAll(async () => {
  first = await DistributedWorld.open();
  database = await createDatabase();
  second = openDatabase(database.url, { poolMax: 2 });
  await migrate(second.db);
  const log = new PostgresEventLog(database.url);
  await log.append(newStream(), NO_STREAM, newEvents(3));
  await log.close();
  environment = { ...first.environment, DATABASE_URL: database.url, LOG_LEVEL: 'warn' };
}, 240_000);
afterAll(async () => {
  await Promise.all(processes.map((process) => process.end('SIGKILL')));
  await second.close();
  await Promise.all([first.close(), database.drop()]);
}, 60_000);

/** Starts a role of the second engine, which may have been ready before it came to the topic; gives what it says of that. */
async function refusalOf(role: string): Promise<string> {
  const process = await RoleProcess.start(role, environment, /Fairseat is ready at (\S+)|Not ready yet/);
  processes.push(process);
  if (process.url === '') return process.said;
  const asked = () => fetch(`${process.url}/readyz`);
  await expect.poll(async () => (await asked()).status, { timeout: 30_000 }).toBe(503);
  return (await asked()).text();
}

it('publishes nothing, builds nothing of it, says so, and the first engine goes on', async () => {
  await first.role('relay');
  await first.role('projector');
  const { messages } = await first.check();

  expect(await refusalOf('relay')).toContain('Give KAFKA_TOPIC another name in every process.');
  expect(await refusalOf('projector')).toContain('start with another KAFKA_TOPIC');
  const { rows } = await sql<{ n: number }>`
    select (select count(*) from parked)::int + (select count(*) from read.shows)::int as n`.execute(
    second.db,
  );
  expect(rows).toEqual([{ n: 0 }]);

  await first.whileSelling(() => first.published());
  const after = await first.check();
  expect(after.messages).toBe(after.events);
  expect(after.messages).toBeGreaterThan(messages);
}, 120_000);
