// Feeds imported by hand, one after another.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createDatabase } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temp-folder.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');
const FEED = path.resolve(import.meta.dirname, '../fixtures/provider-feed/1.xml');

it('refuses a currency that is none before it fetches anything', { timeout: 60_000 }, async () => {
  const database = await createDatabase();
  const env = { PATH: process.env['PATH'], DATABASE_URL: database.url };
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [MAIN, 'import', FEED, '--currency', 'XXQ'], { env }, (_error, _out, stderr) =>
      resolve(stderr),
    );
  });
  await database.drop();
  expect(said).toContain('--currency is "XXQ"; give an ISO 4217 code such as "EUR".');
});

it('tells as JSON what was imported before a feed that is refused', { timeout: 60_000 }, async () => {
  const database = await createDatabase();
  const broken = path.join(temporaryFolder(), 'broken.xml');
  writeFileSync(broken, '<eventList><output>');
  const env = { PATH: process.env['PATH'], DATABASE_URL: database.url };
  const [code, out, said] = await new Promise<[unknown, string, string]>((resolve) => {
    execFile(process.execPath, [MAIN, 'import', FEED, broken, '--json'], { env }, (error, stdout, stderr) =>
      resolve([error?.code, stdout, stderr]),
    );
  });
  await database.drop();
  expect(code).toBe(1);
  expect(said).toContain('broken.xml: ');
  expect(JSON.parse(out)).toMatchObject([{ created: { events: 3, shows: 3 } }]);
});
