// Which log the views were made from, and how often their rows were made anew otherwise than by new events: what is made
// from those rows in turn, such as a search index, is then made anew too.
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// oxlint-disable-next-line typescript/no-explicit-any -- a migration is written against no fixed tables
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table views_made_from (only_one boolean primary key default true check (only_one), log text not null)`.execute(
    db,
  );
  await sql`alter table projections add column remade integer not null default 0`.execute(db);
}
