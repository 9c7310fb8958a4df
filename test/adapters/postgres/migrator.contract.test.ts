// Migrations on a real database: once each, whoever starts them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { migrate } from '../../../src/adapters/postgres/migrator.ts';
import { StartRefused } from '../../../src/ports/start-refused.ts';
import { createDatabase } from '../../support/postgres.ts';
import type { TestDatabase } from '../../support/postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

test('of several processes that start at once one migrates, and all find the tables', async () => {
  const processes = Array.from({ length: 4 }, () => openDatabase(database.url, { poolMax: 2 }));
  const done = await Promise.all(processes.map(({ db }) => migrate(db)));
  expect(done.filter((steps) => steps.length > 0)).toHaveLength(1);
  expect(done.flat()[0]).toBe('0001-event-log');
  for (const { pool } of processes) {
    expect((await pool.query('select count(*) as events from events')).rows).toEqual([{ events: 0 }]);
  }
  expect(await migrate(processes[0]!.db)).toEqual([]);
  await Promise.all(processes.map(({ close }) => close()));
});

test('a database that a newer version has migrated is refused in a sentence that says so', async () => {
  const { db, pool, close } = openDatabase(database.url, { poolMax: 1 });
  await migrate(db);
  await pool.query("insert into kysely_migration values ('9999-later', '2030-01-01')");
  const migrated = migrate(db);
  await expect(migrated).rejects.toThrow(StartRefused);
  await expect(migrated).rejects.toThrow(/newer version of Fairseat .*9999-later/);
  await pool.query("delete from kysely_migration where name = '9999-later'");
  await close();
});

test('a database that cannot be reached is said to be so', async () => {
  const { db, close } = openDatabase('postgres://nobody@127.0.0.1:1/nothing', { poolMax: 1 });
  await expect(migrate(db)).rejects.toThrow(/could not be migrated.*ECONNREFUSED/);
  await close();
});

test('a database of another program is refused in a sentence, and left as it was', async () => {
  const others = await createDatabase();
  const { db, pool, close } = openDatabase(others.url, { poolMax: 1 });
  await pool.query('create table events (id int)');
  const migrated = migrate(db);
  await expect(migrated).rejects.toThrow(StartRefused);
  await expect(migrated).rejects.toThrow(/DATABASE_URL.*another program.*"events" already exists/);
  expect((await pool.query('select * from events')).fields.map(({ name }) => name)).toEqual(['id']);
  await close();
  await others.drop();
});
