// What every import store promises, in memory and on Postgres.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryImportStore } from '../../src/adapters/memory/memory-import-store.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresImportStore } from '../../src/adapters/postgres/postgres-import-store.ts';
import type { ImportResult, ImportStore } from '../../src/ports/import-store.ts';
import { createDatabase } from '../support/postgres.ts';
import { unreliableLine } from './postgres/unreliable-line.ts';

const result = (id: string, position = 7): ImportResult => ({
  id,
  source: 'provider',
  created: { events: 1, shows: 2 },
  updated: { events: 0, shows: 0 },
  unchanged: { events: 0, shows: 0 },
  rejected: [
    { path: '/eventList/output/base_event[3]', code: 'InvalidDate', message: '"2021-09-31" is no date.' },
  ],
  position,
});
const ID = '11111111-1111-4111-8111-111111111111';

interface Stores {
  /** Two processes' views of the same store. */
  open(): Promise<{ one: ImportStore; other: ImportStore; close(): Promise<void> }>;
}

const memory: Stores = {
  open: async () => {
    const store = new MemoryImportStore();
    return { one: store, other: store, close: async () => {} };
  },
};

const postgres: Stores = {
  open: async () => {
    const database = await createDatabase();
    const [a, b] = [openDatabase(database.url, { poolMax: 3 }), openDatabase(database.url, { poolMax: 3 })];
    await migrate(a.db);
    const close = async () => {
      await Promise.all([a.close(), b.close()]);
      await database.drop();
    };
    return { one: new PostgresImportStore(a.db), other: new PostgresImportStore(b.db), close };
  },
};

describe.each([
  ['in memory', memory],
  ['on Postgres', postgres],
])('an import store %s', (_, stores) => {
  let opened: Awaited<ReturnType<Stores['open']>>;
  beforeAll(async () => {
    opened = await stores.open();
  });
  afterAll(() => opened.close());

  test('gives back a result as it was kept, and keeps the first', async () => {
    const { one, other } = opened;
    expect(await one.find(ID)).toBeNull();
    await one.save('hash', result(ID));
    await other.save('another', result(ID, 8));
    expect(await other.find(ID)).toEqual({ requestHash: 'hash', result: result(ID) });
  });

  test('lets one work at a time under one name, in both processes', async () => {
    let inside = 0;
    const work = async (n: number) => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
      return n;
    };
    const { one, other } = opened;
    const all = [1, 2, 3, 4, 5, 6].map((n) => (n % 2 ? one : other).exclusively('import a', () => work(n)));
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('goes on after work that failed, and lets other names pass', async () => {
    const { one, other } = opened;
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held = one.exclusively('import a', () => {
      begun.resolve();
      return end.promise;
    });
    await begun.promise;
    expect(await other.exclusively('import b', async () => 'passed')).toBe('passed');
    end.resolve();
    await held;
    await expect(one.exclusively('import a', () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(await one.exclusively('import a', async () => 'again')).toBe('again');
  });

  test('works under more names at once than it has connections', async () => {
    const { one } = opened;
    const names = Array.from({ length: 12 }, (_, n) => `import ${n}`);
    const done = await Promise.all(names.map((name) => one.exclusively(name, async () => one.find(ID))));
    expect(done).toHaveLength(12);
  });

  test('lets no more wait than it has room for', async () => {
    if (!(opened.one instanceof PostgresImportStore)) return;
    let free = () => {};
    const gate = new Promise<void>((resolve) => (free = resolve));
    const admitted = Array.from({ length: 18 }, () => opened.one.exclusively('import full', () => gate));
    await expect(opened.one.exclusively('import z', async () => 'late')).rejects.toMatchObject({
      code: 'Overloaded',
    });
    free();
    await Promise.all(admitted);
    expect(await opened.one.exclusively('import z', async () => 'in time')).toBe('in time');
  });

  test('gives up its turn when it is told to stop while another process works', async () => {
    if (!(opened.one instanceof PostgresImportStore)) return;
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const held = opened.one.exclusively('import a', () => {
      begun.resolve();
      return end.promise;
    });
    await begun.promise;
    const stopping = new AbortController();
    const waiting = opened.other.exclusively('import a', async () => 'never', stopping.signal);
    setTimeout(() => stopping.abort(), 50);
    await expect(waiting).rejects.toThrow('aborted');
    end.resolve();
    await held;
  });

  test('gives a due run to one only, and never an earlier one after a later', async () => {
    const { one, other } = opened;
    const due = Date.parse('2026-01-01T06:00:00Z');
    const claims = await Promise.all([
      one.claimRun('feed', due),
      other.claimRun('feed', due),
      one.claimRun('feed', due),
    ]);
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await other.claimRun('feed', due + 1)).toBe(true);
    expect(await one.claimRun('feed', due)).toBe(false);
    expect(await one.claimRun('another', due)).toBe(true);
  });
});

describe('an import store whose Postgres goes away', () => {
  test('says so as everywhere else, before any work is begun', async () => {
    const away = openDatabase('postgres://nobody@127.0.0.1:1/none', { poolMax: 1 });
    const store = new PostgresImportStore(away.db);
    const asked = store.exclusively('import a', async () => 'done');
    await expect(asked).rejects.toMatchObject({ name: 'Fault', code: 'DatabaseUnavailable' });
    await away.close();
  });

  test('gives what the work came to, though the lock cannot be given back', async () => {
    const database = await createDatabase();
    const line = await unreliableLine(database.url);
    const opened = openDatabase(line.url, { poolMax: 2 });
    const store = new PostgresImportStore(opened.db);
    const work = async (answer: () => string): Promise<string> => {
      line.cut();
      return answer();
    };
    expect(await store.exclusively('import a', () => work(() => 'done'))).toBe('done');
    line.mend();
    const failed = store.exclusively('import a', () =>
      work(() => {
        throw new Error('not done');
      }),
    );
    await expect(failed).rejects.toThrow('not done');
    await opened.close();
    await database.drop();
  });
});
