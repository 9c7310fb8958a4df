// What the projections need around them: which generation of each serves and how far it has come, which streams are
// parked, and the schema `read`, whose views show the generation that serves. The rows live in schemas of their own.
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// oxlint-disable-next-line typescript/no-explicit-any -- a migration is written against no fixed tables
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create extension if not exists pg_trgm`.execute(db);
  await sql`create extension if not exists cube`.execute(db);
  await sql`create schema if not exists read`.execute(db);
  await sql`
    create table projections (
      name text not null,
      generation integer not null,
      -- Of the code that writes it.
      version integer not null,
      status text not null check (status in ('live', 'building', 'retired')),
      -- Every event up to it is in the rows: both change in one transaction.
      position bigint not null default 0,
      started_at timestamptz(3) not null default clock_timestamp(),
      updated_at timestamptz(3) not null default clock_timestamp(),
      primary key (name, generation)
    ) with (fillfactor = 50)`.execute(db);
  await sql`create unique index projections_one_live on projections (name) where status = 'live'`.execute(db);
  await sql`create unique index projections_one_building on projections (name) where status = 'building'`.execute(
    db,
  );
  await sql`
    create table parked (
      projection text not null,
      generation integer not null,
      stream text not null,
      -- The first event of the stream that is not in the rows.
      revision integer not null,
      position bigint not null,
      type text not null,
      error text not null,
      parked_at timestamptz(3) not null default clock_timestamp(),
      primary key (projection, generation, stream)
    )`.execute(db);
}
