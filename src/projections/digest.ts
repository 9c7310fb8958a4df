// Whether two generations of a projection hold the same: every row as canonical JSON, in an order of its own.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { schemaOf, type Db, type GenerationId } from './projection.ts';

/** A digest of all rows of all tables of a generation. */
export async function digestOf(db: Db, generation: GenerationId): Promise<string> {
  const schema = schemaOf(generation);
  const tables = await sql<{
    name: string;
  }>`select tablename as name from pg_tables where schemaname = ${schema} order by 1`.execute(db);
  const digest = createHash('sha256');
  for (const { name } of tables.rows) {
    const found = await sql<{ rows: string }>`
      select count(*) || ':' || coalesce(md5(string_agg(h, '' order by h)), '') as rows
      from (select md5(to_jsonb(t)::text) as h from ${sql.id(schema, name)} t) hashed`.execute(db);
    digest.update(`${name}:${found.rows[0]!.rows}\n`);
  }
  return digest.digest('hex');
}
