// Every operation of the OpenAPI document by everybody who might call it: the owner's front end, another one, a key of each
// scope alone, none, a revoked one, one that nobody made. What is missing from the matrix fails, and what is served in secret.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documentedCalls } from '../api/documented.ts';
import { done, keyWith } from '../api/hall.ts';
import { MATRIX } from './matrix.ts';
import type { Row, Sent } from './matrix.ts';
import { startServed } from './served.ts';
import type { ServedEngine } from './served.ts';
import { buildWorld } from './world.ts';
import type { World } from './world.ts';

/** Pages for people and the document itself. */
const UNDOCUMENTED = /^GET (\/|\/openapi\.json|\/docs(\/.*)?)$/;
const SCOPES = ['browse', 'book', 'organize', 'analyze', 'admin'] as const;

interface Caller {
  readonly name: string;
  /** null: none. */
  readonly key: string | null;
  /** null: not let in at all. */
  readonly scopes: readonly string[] | null;
  readonly isOwner?: boolean;
}

let engine: ServedEngine;
let world: World;
let callers: Caller[];
beforeAll(async () => {
  engine = await startServed();
  const { call } = engine;
  world = await buildWorld(call);
  const revoked = await keyWith(call, [...SCOPES]);
  await done(call('DELETE', `/v1/api-keys/${revoked.id}`), 200);
  const secondKey = await keyWith(call, ['book'], { clientId: world.ownerClientId });
  const alone = await Promise.all(
    SCOPES.map(async (scope) => ({
      name: `only ${scope}, another front end`,
      key: (await keyWith(call, [scope])).secret,
      scopes: [scope],
    })),
  );
  callers = [
    { name: 'the owner', key: world.owner, scopes: ['browse', 'book'], isOwner: true },
    { name: "the owner's second key", key: secondKey.secret, scopes: ['book'], isOwner: true },
    ...alone,
    { name: 'nobody', key: null, scopes: [] },
    { name: 'a revoked key', key: revoked.secret, scopes: null },
    { name: 'a key that nobody made', key: `fs_live_${'x'.repeat(43)}`, scopes: null },
  ];
});
afterAll(() => engine.stop());

/** What a cell of the matrix must say: `ok`, or the status and code of the refusal. */
function verdict({ scopes, others, asksNobody }: Row, caller: Caller): string {
  if (asksNobody) return 'ok';
  if (caller.scopes === null) return '401 Unauthenticated';
  if (scopes.length === 0) return 'ok';
  if (caller.key === null) return '401 Unauthenticated';
  const mayEverything = caller.scopes.includes('admin');
  if (!mayEverything && !caller.scopes.some((scope) => scopes.includes(scope as never)))
    return '403 Forbidden';
  const seesAll = mayEverything || caller.scopes.includes('organize');
  return others === undefined || caller.isOwner || seesAll ? 'ok' : `404 ${others}`;
}

/** Sends and gives the status and, of a refusal, the code; does not read what goes on for ever. */
async function ask(method: string, { path, body, headers = {} }: Sent, key: string | null): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(engine.url + path, {
    method,
    signal: stop.signal,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const code = response.ok || method === 'HEAD' ? '' : ((await response.json()) as { code: string }).code;
  stop.abort();
  return response.ok ? 'ok' : `${response.status} ${code}`.trim();
}

describe('the matrix', () => {
  test('has every documented operation, and none that is not', async () => {
    const documented = (await documentedCalls(engine.call)).map(([method, path]) => `${method} ${path}`);
    expect(Object.keys(MATRIX).sort()).toEqual(documented.sort());
  });

  test('is what the engine does, for every operation and everybody', async () => {
    const wrong: string[] = [];
    let cells = 0;
    for (const [operation, row] of Object.entries(MATRIX)) {
      const method = operation.split(' ', 1)[0]!;
      for (const caller of callers) {
        const wanted = verdict(row, caller);
        const got = await ask(method, await row.request(world), caller.key);
        if (got !== wanted) wrong.push(`${operation} by ${caller.name}: wanted ${wanted}, got ${got}`);
        cells += 1;
        if (method !== 'GET') continue;
        const head = await ask('HEAD', await row.request(world), caller.key);
        if (head !== wanted.split(' ', 1)[0]) wrong.push(`HEAD of ${operation} by ${caller.name}: ${head}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(cells).toBe(Object.keys(MATRIX).length * callers.length);
  });

  test('holds for methods that are none of the address, and for overrides of the method', async () => {
    for (const operation of Object.keys(MATRIX)) {
      const [method, path] = operation.split(' ') as [string, string];
      const concrete = path.replaceAll(/\{\w+\}/g, randomUUID());
      for (const other of ['PUT', 'PROPFIND'])
        expect(await ask(other, { path: concrete }, world.owner), concrete).toBe('405 MethodNotAllowed');
      if (method !== 'DELETE') continue;
      const overridden = { path: concrete, headers: { 'x-http-method-override': 'DELETE' } };
      expect(await ask('GET', overridden, null)).toMatch(/^40[15]/);
    }
  });
});

describe('another customer of the same front end', () => {
  test('gets a hold and an entry of its own under the same Idempotency-Key, never those of the first', async () => {
    for (const [path, body, name] of [
      [`${world.hall.path}/holds`, world.holdBody(), 'hold'],
      [`${world.soldOut.path}/waitlist`, world.joinBody(), 'entry'],
    ] as const) {
      const send = (customerId: string) =>
        done(
          engine.call('POST', path, { body: { ...body, customerId }, key: world.owner, idem: 'shared' }),
          201,
        );
      const [ann, bob, again] = [await send('ann'), await send('bob'), await send('ann')];
      expect(bob[name]).toMatchObject({ customerId: 'bob' });
      expect(bob[name].id).not.toBe(ann[name].id);
      expect(again[name].id).toBe(ann[name].id);
    }
  });

  test('cannot be named where the thing says whose it is', async () => {
    const path = await world.hold();
    const answer = await engine.call('POST', `${path}/confirm`, {
      body: { customerId: 'bob' },
      key: world.owner,
    });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/customerId']);
  });
});

describe('the served routes', () => {
  test('are all documented, and all documented operations are served', async () => {
    const documented = (await documentedCalls(engine.call)).map(([method, path]) => `${method} ${path}`);
    const served = [...engine.routes].filter((route) => !UNDOCUMENTED.test(route));
    expect(served.sort()).toEqual(documented.sort());
  });
});
