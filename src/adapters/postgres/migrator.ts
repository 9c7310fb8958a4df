// Brings a database to the shape this version needs. Every file in migrations/ is one step, done in the order of its
// name; Kysely keeps which were done and lets one process at a time do them, so that two may start at once.
import { readdir } from 'node:fs/promises';
import { Migrator } from 'kysely/migration';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { messageOf } from './postgres-fault.ts';

const folder = new URL('./migrations/', import.meta.url);

/** Runs the steps not yet run, all in one transaction; returns their names. A step that fails undoes them all and throws. */
// oxlint-disable-next-line typescript/no-explicit-any -- migrations are written against no fixed tables
export async function migrate(db: Kysely<any>): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  const failed = results.find((result) => result.status === 'Error');
  if (error !== undefined) {
    throw new Error(
      `The database could not be migrated${failed ? ` (step ${failed.migrationName})` : ''}: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return results.map((result) => result.migrationName);
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
