// API keys: who may do what. Only hashes of secrets are here; a key row is never deleted, so that the log can be read.
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

// oxlint-disable-next-line typescript/no-explicit-any -- a migration is written against no fixed tables
export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create table api_keys (
      id uuid primary key,
      client_id uuid not null,
      name text not null,
      scopes text[] not null,
      prefix text not null,
      secret_hash bytea not null unique,
      request_hash text not null,
      -- The key of the setting ADMIN_API_KEY, or the one made at the first start: replaced, not added to.
      administrator boolean not null default false,
      created_at timestamptz(3) not null default clock_timestamp(),
      last_used_at timestamptz(3),
      revoked_at timestamptz(3)
    )`.execute(db);
  await sql`create index api_keys_in_order on api_keys (created_at, id)`.execute(db);
  await sql`create index api_keys_of_client on api_keys (client_id)`.execute(db);
  await sql`create unique index api_keys_one_administrator on api_keys (administrator) where administrator and revoked_at is null`.execute(
    db,
  );
}
