// Which key a request shows: from memory while that is fresh, from the store when it is not.
import { describe, expect, test } from 'vitest';
import { bearerToken, KeyRing, SCOPE_BITS } from '../../../src/api/request/key-ring.ts';
import type { ApiKey, ApiKeyStore, Scope } from '../../../src/ports/api-key-store.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const CLIENT = '11111111-1111-4111-8111-111111111111';

function ringOf(...scopes: Scope[]) {
  const world = {
    clock: new VirtualClock(1_000_000),
    asked: 0,
    lastUsedAt: null as string | null,
    revokedAt: null as string | null,
    written: new Map<string, number>(),
  };
  const store = {
    async find(secret: string): Promise<ApiKey | null> {
      world.asked += 1;
      return secret === 'secret'
        ? {
            id: 'key',
            name: 'k',
            scopes,
            clientId: CLIENT,
            prefix: 'se',
            createdAt: '',
            lastUsedAt: world.lastUsedAt,
            revokedAt: world.revokedAt,
          }
        : null;
    },
    async touch(uses: ReadonlyMap<string, number>) {
      world.written = new Map(uses);
    },
  } as unknown as ApiKeyStore;
  return { world, ring: new KeyRing(store, world.clock) };
}

describe('a key ring', () => {
  test('knows nobody before it has asked, and asks once for many at the same time', async () => {
    const { world, ring } = ringOf('book');
    expect(ring.recall('Bearer secret')).toBeUndefined();
    const found = await Promise.all(Array.from({ length: 10 }, () => ring.lookUp('Bearer secret')));
    expect(new Set(found).size).toBe(1);
    expect([world.asked, ring.recall('Bearer secret')?.clientId]).toEqual([1, CLIENT]);
  });

  test('asks again after a second, and then sees a revocation made elsewhere', async () => {
    const { world, ring } = ringOf('book');
    await ring.lookUp('Bearer secret');
    world.revokedAt = '2026-01-01T00:00:00.000Z';
    world.clock.nowMs += 999;
    expect(ring.recall('Bearer secret')).toBeDefined();
    world.clock.nowMs += 1;
    expect(ring.recall('Bearer secret')).toBeUndefined();
    expect(await ring.lookUp('Bearer secret')).toBeNull();
  });

  test('asks again after a second though the clock was put back meanwhile', async () => {
    const { world, ring } = ringOf('book');
    await ring.lookUp('Bearer secret');
    world.clock.putMs = -3_600_000;
    world.clock.nowMs += 1000;
    expect(ring.recall('Bearer secret')).toBeUndefined();
  });

  test('forgets at once what is revoked here, in whatever case the scheme was written', async () => {
    const { ring } = ringOf('book');
    await ring.lookUp('Bearer secret');
    await ring.lookUp('bearer secret');
    ring.forget('key');
    expect([ring.recall('Bearer secret'), ring.recall('bearer secret')]).toEqual([undefined, undefined]);
  });

  test('does not remember what it asked before a key was revoked here', async () => {
    const { ring } = ringOf('book');
    const asked = ring.lookUp('Bearer secret');
    ring.forget('key');
    await asked;
    expect(ring.recall('Bearer secret')).toBeUndefined();
  });

  test('asks anew for who comes after a key was revoked here', async () => {
    const { world, ring } = ringOf('book');
    const before = ring.lookUp('Bearer secret');
    world.revokedAt = '2026-01-01T00:00:00.000Z';
    ring.forget('key');
    expect(await ring.lookUp('Bearer secret')).toBeNull();
    await before;
  });

  test('does not remember those it has not found', async () => {
    const { world, ring } = ringOf('book');
    expect([
      await ring.lookUp('Bearer other'),
      await ring.lookUp('Basic secret'),
      await ring.lookUp(''),
    ]).toEqual([null, null, null]);
    expect(world.asked).toBe(1);
  });

  test('gives an administrator every right, and organisers a view of everybody', async () => {
    const admin = await ringOf('admin').ring.lookUp('Bearer secret');
    for (const bit of Object.values(SCOPE_BITS)) expect(admin!.scopes & bit).toBe(bit);
    expect(admin!.caller).toEqual({ clientId: CLIENT, all: true });
    expect((await ringOf('organize').ring.lookUp('Bearer secret'))?.caller.all).toBe(true);
    expect((await ringOf('book', 'browse').ring.lookUp('Bearer secret'))?.caller.all).toBe(false);
  });

  test('notes the last use, once a minute at most, and writes it when asked to stop', async () => {
    const { world, ring } = ringOf('book');
    await ring.lookUp('Bearer secret');
    expect(ring.lastUse('key')).toBe(1_000_000);
    world.clock.nowMs += 59_999;
    await ring.lookUp('Bearer secret');
    expect(ring.lastUse('key')).toBe(1_000_000);
    world.clock.nowMs += 1;
    await ring.lookUp('Bearer secret');
    expect(ring.lastUse('key')).toBe(1_060_000);
    const stop = new AbortController();
    const kept = ring.keepUses(stop.signal);
    stop.abort();
    await kept;
    expect(world.written).toEqual(new Map([['key', 1_060_000]]));
  });

  test('goes by the last use that is written, also where a clock was put back since', async () => {
    const { world, ring } = ringOf('book');
    world.lastUsedAt = new Date(world.clock.nowMs - 1000).toISOString();
    await ring.lookUp('Bearer secret');
    expect(ring.lastUse('key')).toBeUndefined();
    world.clock.nowMs -= 61_000;
    await ring.lookUp('Bearer secret');
    expect(ring.lastUse('key')).toBe(939_000);
  });
});

describe('a bearer token', () => {
  test('is one word of printable characters after the scheme, in any case', () => {
    expect(['Bearer abc', 'bearer abc', 'BEARER  abc'].map(bearerToken)).toEqual(['abc', 'abc', 'abc']);
    for (const header of [
      '',
      'Bearer',
      'Bearer ',
      'abc',
      'Bearer: abc',
      'Bearer a b',
      'Basic abc',
      'Bearer \u00e4',
      `Bearer ${'x'.repeat(513)}`,
    ])
      expect(bearerToken(header), header).toBeNull();
  });
});
