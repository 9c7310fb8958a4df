// Brings a database to the shape this version needs. Every file in migrations/ is one step, done in the order of its
// name; Kysely keeps which were done and lets one process at a time do them, so that two may start at once.
import { readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Migration } from 'kysely/migration';
import { isNoSuchTable } from '../../ports/outage.ts';
import { StartRefused } from '../../ports/start-refused.ts';
import { messageOf } from './postgres-fault.ts';

const folder = new URL('./migrations/', import.meta.url);

const TABLE_IS_THERE = '42P07';

/**
 * Runs the steps not yet run, all in one transaction; returns their names. A step that fails undoes them all and throws;
 * StartRefused where a newer version has been here.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- migrations are written against no fixed tables
export async function migrate(db: Kysely<any>): Promise<string[]> {
  const migrations = await readMigrations();
  if (await areDone(Object.keys(migrations), db)) return [];
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  const failed = results.find((result) => result.status === 'Error');
  if (error !== undefined) throw notMigrated(error, failed ? ` (step ${failed.migrationName})` : '');
  return results.map((result) => result.migrationName);
}

/**
 * Whether there is nothing to do, as at nearly every start: one question, where Kysely reads the catalogue twice and takes a
 * lock. What to do about any other answer is Kysely's to say.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
async function areDone(names: readonly string[], db: Kysely<any>): Promise<boolean> {
  const done = await stepsDone(db);
  const later = done.find((name) => !names.includes(name));
  if (later !== undefined) throw new StartRefused(newerSentence(later));
  return done.length === names.length;
}

// oxlint-disable-next-line typescript/no-explicit-any -- see above
async function stepsDone(db: Kysely<any>): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
    return rows.map(({ name }) => name);
  } catch (error) {
    if (isNoSuchTable(error)) return [];
    throw notMigrated(error);
  }
}

const newerSentence = (step: string): string =>
  `The database was migrated by a newer version of Fairseat (step ${step}); start that one, or give this one a backup from before.`;

function notMigrated(cause: unknown, where = ''): Error {
  if ((cause as { code?: unknown }).code === TABLE_IS_THERE)
    return new StartRefused(
      `DATABASE_URL names a database in which another program has tables (${messageOf(cause)}); give Fairseat one of its own.`,
    );
  return new Error(`The database could not be migrated${where}: ${messageOf(cause)}`, { cause });
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}-.*\.[jt]s$/.test(name)).sort();
  const found: Record<string, Migration> = {};
  for (const name of names) {
    const step = async (): Promise<Migration> => import(new URL(name, folder).href);
    // Mostly they were all done long ago, and their names are all that is asked for.
    found[name.replace(/\.[jt]s$/, '')] = { up: async (db) => (await step()).up(db) };
  }
  return found;
}
