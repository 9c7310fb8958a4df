// API keys in Postgres. Secrets are made here and stored as SHA-256: they are long random strings, so that a slow hash
// would protect nothing and cost every request.
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import type { ApiKey, ApiKeyStore, CreatedApiKey, NewApiKey, Scope } from '../../ports/api-key-store.ts';
import { reached } from './postgres-fault.ts';

const SECRET_PREFIX = 'fs_live_';
const SECRET_BYTES = 32;
/** Characters of a secret that are shown for ever; less than half of any secret. */
const SHOWN_MAX = 14;
const ADMIN_NAME = 'Administrator';
const ADMIN_LOCK = 7_206_001;

const AWAY = 'The API keys cannot be read or written.';

interface Row {
  id: string;
  client_id: string;
  name: string;
  scopes: Scope[];
  prefix: string;
  request_hash: string;
  created_at: Date;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

// oxlint-disable-next-line typescript/no-explicit-any -- one table, typed by Row
type Db = Kysely<any>;
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Tx = Transaction<any>;

export class PostgresApiKeyStore implements ApiKeyStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async create(key: NewApiKey): Promise<CreatedApiKey> {
    return reached(AWAY, async () => {
      if (key.clientId !== undefined && !(await this.#clientExists(key.clientId)))
        return { kind: 'unknownClient' };
      const secret = newSecret();
      const clientId = key.clientId ?? randomUUID();
      const { rows } = await sql<Row>`
        insert into api_keys (id, client_id, name, scopes, prefix, secret_hash, request_hash)
        values (${key.id}, ${clientId}, ${key.name}, ${[...key.scopes]}, ${shownOf(secret)}, ${hashOf(secret)}, ${key.requestHash})
        on conflict (id) do nothing returning *`.execute(this.#db);
      if (rows[0] !== undefined) return { kind: 'created', apiKey: keyOf(rows[0]), secret };
      const found = await sql<Row>`select * from api_keys where id = ${key.id}`.execute(this.#db);
      const row = found.rows[0] as Row;
      return row.request_hash === key.requestHash
        ? { kind: 'replayed', apiKey: keyOf(row) }
        : { kind: 'keyReused' };
    });
  }

  async find(secret: string): Promise<ApiKey | null> {
    return reached(AWAY, async () =>
      one(await sql<Row>`select * from api_keys where secret_hash = ${hashOf(secret)}`.execute(this.#db)),
    );
  }

  async list(limit: number, after: { createdAt: string; id: string } | null): Promise<ApiKey[]> {
    return reached(AWAY, async () => {
      const from =
        after === null
          ? sql`true`
          : sql`(created_at, id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)`;
      const { rows } =
        await sql<Row>`select * from api_keys where ${from} order by created_at, id limit ${limit}`.execute(
          this.#db,
        );
      return rows.map(keyOf);
    });
  }

  async revoke(id: string): Promise<ApiKey | null> {
    return reached(AWAY, async () =>
      one(
        await sql<Row>`
      update api_keys set revoked_at = coalesce(revoked_at, clock_timestamp()) where id = ${id} returning *`.execute(
          this.#db,
        ),
      ),
    );
  }

  async touch(uses: ReadonlyMap<string, number>): Promise<void> {
    const ids = [...uses.keys()];
    const times = [...uses.values()].map((ms) => new Date(ms).toISOString());
    await reached(AWAY, () =>
      sql`
      update api_keys k set last_used_at = greatest(k.last_used_at, u.at)
      from unnest(${ids}::uuid[], ${times}::timestamptz[]) as u (id, at) where k.id = u.id`.execute(this.#db),
    );
  }

  async ensureAdmin(secret: string | undefined): Promise<{ made: string | null }> {
    return reached(AWAY, () =>
      this.#db.transaction().execute(async (tx) => {
        // Two processes may start at once: one after the other.
        await sql`select pg_advisory_xact_lock(${ADMIN_LOCK})`.execute(tx);
        if (secret !== undefined) return setAdmin(tx, secret);
        const ever = await sql`select 1 from api_keys where administrator limit 1`.execute(tx);
        if (ever.rows.length > 0) return { made: null };
        const made = newSecret();
        await insertAdmin(tx, made, randomUUID());
        return { made };
      }),
    );
  }

  async #clientExists(clientId: string): Promise<boolean> {
    const { rows } = await sql`select 1 from api_keys where client_id = ${clientId} limit 1`.execute(
      this.#db,
    );
    return rows.length > 0;
  }
}

/** The setting's secret is the administrator's from now on; its holds stay its own, for the client is the same. */
async function setAdmin(tx: Tx, secret: string): Promise<{ made: null }> {
  const same = await sql<Row>`
    update api_keys set revoked_at = null where secret_hash = ${hashOf(secret)} and administrator and revoked_at is null returning *`.execute(
    tx,
  );
  if (same.rows.length > 0) return { made: null };
  await sql`update api_keys set revoked_at = clock_timestamp() where administrator and revoked_at is null`.execute(
    tx,
  );
  const again = await sql`
    update api_keys set revoked_at = null, administrator = true, scopes = '{admin}' where secret_hash = ${hashOf(secret)} returning id`.execute(
    tx,
  );
  if (again.rows.length > 0) return { made: null };
  const before =
    await sql<Row>`select * from api_keys where administrator order by created_at limit 1`.execute(tx);
  await insertAdmin(tx, secret, before.rows[0]?.client_id ?? randomUUID());
  return { made: null };
}

async function insertAdmin(tx: Tx, secret: string, clientId: string): Promise<void> {
  await sql`
    insert into api_keys (id, client_id, name, scopes, prefix, secret_hash, request_hash, administrator)
    values (${randomUUID()}, ${clientId}, ${ADMIN_NAME}, '{admin}', ${shownOf(secret)}, ${hashOf(secret)}, '', true)`.execute(
    tx,
  );
}

const newSecret = (): string => SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
const hashOf = (secret: string): Buffer => hash('sha256', secret, 'buffer');
const shownOf = (secret: string): string =>
  secret.slice(0, Math.min(SHOWN_MAX, Math.floor((secret.length - 1) / 2)));

const one = ({ rows }: { rows: Row[] }): ApiKey | null => (rows[0] === undefined ? null : keyOf(rows[0]));

function keyOf(row: Row): ApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    clientId: row.client_id,
    prefix: row.prefix,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
