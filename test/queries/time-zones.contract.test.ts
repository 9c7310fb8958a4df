// Postgres reads the names of time zones that are taken as Intl does; facets count shows in the months of their places.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isTimeZone } from '../../src/domain/time-zone.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test('every time zone that is taken is the same in Postgres, winter and summer', async () => {
  const { rows } = await client.query<{ name: string }>('select name from pg_timezone_names');
  const known = rows.map(({ name }) => name).filter(isTimeZone);
  const names = [...new Set([...known, ...Intl.supportedValuesOf('timeZone'), 'europe/madrid', 'utc'])];
  expect(names.length).toBeGreaterThan(400);
  for (const at of ['2026-01-15T12:00:00Z', '2026-07-15T12:00:00Z']) {
    const there = await client.query<{ local: string }>(
      `select to_char($1::timestamptz at time zone name, 'YYYY-MM-DD HH24:MI:SS') as local
         from unnest($2::text[]) with ordinality as zones (name, i) order by i`,
      [at, names],
    );
    const here = names.map((timeZone) =>
      new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(
        new Date(at),
      ),
    );
    expect(there.rows.map(({ local }, i) => `${names[i]} ${local}`)).toEqual(
      here.map((local, i) => `${names[i]} ${local}`),
    );
  }
});
