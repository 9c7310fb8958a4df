// What DATABASE_READ_URL may name, as an api process looks at it when it starts.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { StartRefused } from '../../src/ports/start-refused.ts';
import { lookAtReplica } from '../../src/profiles/replica.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

let own: TestDatabase;
let other: TestDatabase;
let primary: Database;
let another: Database;
beforeAll(async () => {
  [own, other] = await Promise.all([createDatabase(), createDatabase()]);
  [primary, another] = [own, other].map(({ url }) => openDatabase(url, { poolMax: 1 })) as [
    Database,
    Database,
  ];
  await migrate(primary.db);
});
afterAll(async () => {
  await Promise.all([primary.close(), another.close()]);
  await Promise.all([own.drop(), other.drop()]);
});

const at = (change: (url: URL) => void): string => {
  const url = new URL(own.url);
  change(url);
  return url.href;
};

test('an empty database is refused, one whose tables are on their way is waited for', async () => {
  const looked = lookAtReplica(other.url, primary, 0);
  await expect(looked).rejects.toThrow(StartRefused);
  await expect(looked).rejects.toThrow(/^DATABASE_READ_URL .*has no tables of Fairseat/);
  const waiting = lookAtReplica(other.url, primary);
  await migrate(another.db);
  await waiting;
});

test('the database of another engine is refused, one that has not heard yet of what log it is is not', async () => {
  await primary.pool.query("insert into views_made_from (log) values ('ours')");
  await lookAtReplica(other.url, primary);
  await another.pool.query("insert into views_made_from (log) values ('theirs')");
  await expect(lookAtReplica(other.url, primary)).rejects.toThrow(/views of another event log/);
  await lookAtReplica(own.url, primary);
});

test('what lets nobody in is refused, what does not answer is away', async () => {
  const missing = lookAtReplica(
    at((url) => (url.pathname = '/nowhere')),
    primary,
  );
  await expect(missing).rejects.toThrow(StartRefused);
  await expect(missing).rejects.toThrow(/^DATABASE_READ_URL .*"nowhere" does not exist/);
  const away = lookAtReplica('postgres://nobody@127.0.0.1:1/none', primary);
  await expect(away).rejects.not.toThrow(StartRefused);
  await expect(away).rejects.toThrow(/ECONNREFUSED/);
});
