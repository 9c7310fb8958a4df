// What the distributed profile keeps beside the views: leases, how far the log has been published to the feed, and how far
// each view has come in each partition of it.
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// oxlint-disable-next-line typescript/no-explicit-any -- a migration is written against no fixed tables
export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create table leases (
      name text primary key,
      -- Greater with every holder: what is written under an older one is refused.
      token bigint not null,
      holder text not null,
      until timestamptz not null
    )`.execute(db);
  await sql`
    create table relay_progress (
      name text primary key,
      -- The highest that has claimed it.
      token bigint not null,
      -- Every event up to it is in the feed …
      position bigint not null,
      -- … before these offsets, one for each partition.
      offsets bigint[] not null,
      saved_at timestamptz(3) not null default clock_timestamp()
    ) with (fillfactor = 50)`.execute(db);
  await sql`
    create table projection_partitions (
      name text not null,
      generation integer not null,
      partition integer not null,
      -- Of the feed, to go on from.
      next_offset bigint not null,
      -- Every event of the partition up to it is in the rows: all change in one transaction.
      position bigint not null,
      primary key (name, generation, partition)
    ) with (fillfactor = 50)`.execute(db);
}
