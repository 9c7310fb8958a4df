// Results of imports, and when each scheduled feed ran last.
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// oxlint-disable-next-line typescript/no-explicit-any -- migrations are written against no fixed tables
export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create table imports (
      id uuid primary key,
      source text not null,
      request_hash text not null,
      -- Not jsonb: a repeated request gets the members in the order of the first answer.
      result json not null,
      finished_at timestamptz not null default clock_timestamp()
    )`.execute(db);
  await sql`
    create table feed_runs (
      feed text primary key,
      due_at timestamptz not null
    )`.execute(db);
}
