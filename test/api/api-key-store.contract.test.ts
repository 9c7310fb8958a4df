// API keys in Postgres: what is kept, what is not, and the administrator's key.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresApiKeyStore } from '../../src/adapters/postgres/postgres-api-key-store.ts';
import { createDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';

let [home, database]: [TestDatabase, Database] = [] as never;
let store: PostgresApiKeyStore;
beforeAll(async () => {
  home = await createDatabase();
  database = openDatabase(home.url, { poolMax: 4 });
  await migrate(database.db);
  store = new PostgresApiKeyStore(database.db);
});
afterAll(async () => {
  await database.close();
  await home.drop();
});
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

describe('a key', () => {
  test('is found by its secret, of which only a hash is kept', async () => {
    const made = await store.create({ id: uuid(1), requestHash: 'r', name: 'shop', scopes: ['book'] });
    if (made.kind !== 'created') throw new Error(made.kind);
    expect(await store.find(made.secret)).toEqual(made.apiKey);
    expect(await store.find(`${made.secret}x`)).toBeNull();
    expect(made.secret).toMatch(/^fs_live_[A-Za-z0-9_-]{43}$/);
    const { rows } = await database.pool.query('select api_keys::text as row from api_keys');
    expect(rows.map(({ row }) => row).join()).not.toContain(made.secret.slice(made.apiKey.prefix.length));
  });

  test('is made once by the same command, and not at all by another body or for nobody', async () => {
    const key = { id: uuid(2), requestHash: 'one', name: 'shop', scopes: ['book'] as const };
    const [first, again] = [await store.create(key), await store.create(key)];
    expect([first.kind, again.kind]).toEqual(['created', 'replayed']);
    expect((await store.create({ ...key, requestHash: 'two' })).kind).toBe('keyReused');
    expect((await store.create({ ...key, id: uuid(3), clientId: uuid(99) })).kind).toBe('unknownClient');
  });

  test('is made once by twenty at the same time', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () =>
        store.create({ id: uuid(4), requestHash: 'r', name: 'k', scopes: ['browse'] }),
      ),
    );
    expect(all.filter(({ kind }) => kind === 'created').length).toBe(1);
  });

  test('remembers its last use and never moves it back', async () => {
    await store.touch(new Map([[uuid(1), 2_000_000]]));
    await store.touch(new Map([[uuid(1), 1_000_000]]));
    expect((await store.list(1, null))[0]?.lastUsedAt).toBe('1970-01-01T00:33:20.000Z');
  });

  test('keeps the time of its first revocation', async () => {
    const first = await store.revoke(uuid(2));
    expect(first?.revokedAt).toMatch(/Z$/);
    expect((await store.revoke(uuid(2)))?.revokedAt).toBe(first?.revokedAt);
    expect(await store.revoke(uuid(98))).toBeNull();
  });

  test('stands in the list where it was made', async () => {
    const all = await store.list(100, null);
    const pages = [];
    for (let after = null as null | { createdAt: string; id: string }; ;) {
      const page = await store.list(1, after);
      if (page[0] === undefined) break;
      pages.push(page[0]);
      after = page[0];
    }
    expect(pages).toEqual(all);
  });
});

describe("the administrator's key", () => {
  test('is made once, whoever starts at the same time', async () => {
    const made = (await Promise.all([store.ensureAdmin(undefined), store.ensureAdmin(undefined)]))
      .map(({ made: secret }) => secret)
      .filter((secret) => secret !== null);
    expect(made.length).toBe(1);
    expect((await store.find(made[0]!))?.scopes).toEqual(['admin']);
    expect(await store.ensureAdmin(undefined)).toEqual({ made: null });
  });

  test('is the one of the setting from then on, and back', async () => {
    const [one, two] = ['setting-one-0123456789', 'setting-two-0123456789'];
    await store.ensureAdmin(one);
    const first = await store.find(one);
    await store.ensureAdmin(two);
    expect((await store.find(one))?.revokedAt).not.toBeNull();
    expect((await store.find(two))?.clientId).toBe(first?.clientId);
    await store.ensureAdmin(one);
    await store.ensureAdmin(one);
    expect((await store.find(one))?.revokedAt).toBeNull();
    expect((await store.find(two))?.revokedAt).not.toBeNull();
    expect(first!.prefix.length).toBeLessThan(one.length / 2);
  });
});
