// API keys and repeated requests over restarts: whose is what, what a retry answers, what a secret never does.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { KeyRing } from '../../src/api/request/key-ring.ts';
import { done, keyWith, openHall } from './hall.ts';
import { ADMIN_KEY, startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const replayed = (answer: { headers: Headers }) => answer.headers.get('idempotent-replayed');

describe('an API key', () => {
  test('is shown once, and its last use is seen', async () => {
    const made = await engine.call('POST', '/v1/api-keys', {
      body: { name: 'shop', scopes: ['book', 'book'] },
      idem: 'shop',
    });
    const { apiKey, secret } = made.body;
    expect([made.status, apiKey.scopes, apiKey.lastUsedAt, apiKey.revokedAt]).toEqual([
      201,
      ['book'],
      null,
      null,
    ]);
    expect(secret.startsWith(apiKey.prefix) && apiKey.prefix.length < secret.length / 2).toBe(true);
    const again = await engine.call('POST', '/v1/api-keys', {
      body: { name: 'shop', scopes: ['book', 'book'] },
      idem: 'shop',
    });
    expect([again.status, replayed(again), again.body]).toEqual([201, 'true', { apiKey }]);
    expect(
      (await engine.call('POST', '/v1/api-keys', { body: { name: 'shop', scopes: ['admin'] }, idem: 'shop' }))
        .body.code,
    ).toBe('IdempotencyKeyReused');
    await engine.call('GET', '/v1/events', { key: secret });
    const list = await engine.call('GET', '/v1/api-keys?limit=100');
    expect(list.body.data.find((key: { id: string }) => key.id === apiKey.id).lastUsedAt).toMatch(/Z$/);
    expect(list.text).not.toContain(secret.slice(apiKey.prefix.length));
    const etag = list.headers.get('etag')!;
    const unchanged = await engine.call('GET', '/v1/api-keys?limit=100', {
      headers: { 'if-none-match': etag },
    });
    expect(unchanged.status).toBe(304);
  });

  test('revoked follows the map of a draft no longer', async () => {
    const key = await keyWith(engine.call, ['organize']);
    const draft = await openHall(engine.call, { publish: false });
    const stream = await fetch(`${engine.url}${draft.path}/availability/stream`, {
      headers: { authorization: `Bearer ${key.secret}` },
      signal: AbortSignal.timeout(60_000),
    });
    await done(engine.call('DELETE', `/v1/api-keys/${key.id}`), 200);
    expect(await stream.text()).toContain('event: snapshot');
  });

  test('is asked for no longer once who followed a draft has gone, be it before the stream began', async () => {
    const { secret } = await keyWith(engine.call, ['organize']);
    const draft = await openHall(engine.call, { publish: false });
    const client = new AbortController();
    const authorization = `Bearer ${secret}`;
    const asked = fetch(`${engine.url}${draft.path}/availability/stream`, {
      headers: { authorization, 'last-event-id': '1000' }, // this process is waited for, for 2 s
      signal: client.signal,
    }).catch(() => null);
    await sleep(500);
    client.abort();
    await asked;
    await sleep(2_000);
    const looks = vi.spyOn(KeyRing.prototype, 'recall');
    await sleep(2_500);
    expect(looks.mock.calls.filter(([header]) => header === authorization)).toEqual([]);
    looks.mockRestore();
  });

  test('revoked is refused at once and stays so; revoking again answers the same', async () => {
    const key = await keyWith(engine.call, ['browse']);
    expect((await engine.call('GET', '/v1/events', { key: key.secret })).status).toBe(200);
    const { apiKey } = await done(engine.call('DELETE', `/v1/api-keys/${key.id}`), 200);
    expect((await engine.call('GET', '/v1/events', { key: key.secret })).body.code).toBe('Unauthenticated');
    expect((await done(engine.call('DELETE', `/v1/api-keys/${key.id}`), 200)).apiKey.revokedAt).toBe(
      apiKey.revokedAt,
    );
    await engine.restart();
    expect((await engine.call('GET', '/v1/events', { key: key.secret })).body.code).toBe('Unauthenticated');
  });

  test('of the setting gives way to another setting, and keeps its client', async () => {
    const hall = await openHall(engine.call);
    const { hold } = await done(
      engine.call('POST', `${hall.path}/holds`, { body: { customerId: 'ann', seats: ['A-1'] } }),
      201,
    );
    const other = 'fs_admin_another_one_0123456789abcdef';
    await engine.restart({ ADMIN_API_KEY: other });
    expect((await engine.call('GET', '/v1/api-keys')).body.code).toBe('Unauthenticated');
    const admins = (await engine.call('GET', '/v1/api-keys?limit=100', { key: other })).body.data.filter(
      (key: { name: string }) => key.name === 'Administrator',
    );
    expect(admins.map((key: { revokedAt: string | null }) => key.revokedAt === null)).toEqual([false, true]);
    expect(new Set(admins.map((key: { clientId: string }) => key.clientId)).size).toBe(1);
    expect((await engine.call('GET', `${hall.path}/holds/${hold.id}`, { key: other })).body.hold.status).toBe(
      'live',
    );
    await engine.restart({ ADMIN_API_KEY: ADMIN_KEY });
    expect((await engine.call('GET', '/v1/api-keys')).status).toBe(200);
  });
});

describe('a repeated request', () => {
  test('answers as the first did, also after a restart, as things stand now', async () => {
    const hall = await openHall(engine.call, { seats: 3 });
    const hold = () =>
      engine.call('POST', `${hall.path}/holds`, {
        body: { customerId: 'ann', seats: ['A-1', 'A-2'] },
        idem: 'h',
      });
    const first = (await hold()).body.hold;
    const confirm = () =>
      engine.call('POST', `${hall.path}/holds/${first.id}/confirm`, {
        body: { paymentReference: 'p' },
        idem: 'c',
      });
    const { booking } = (await confirm()).body;
    const rest = (
      await engine.call('POST', `${hall.path}/holds`, {
        body: { customerId: 'bob', bestAvailable: { categoryId: 'Stalls', quantity: 1 } },
        idem: 'b',
      })
    ).body.hold;
    const join = () =>
      engine.call('POST', `${hall.path}/waitlist`, {
        body: { customerId: 'cat', categoryId: 'Stalls', quantity: 1 },
        idem: 'j',
      });
    const { entry } = (await join()).body;
    await engine.restart();
    const again = [await hold(), await confirm(), await join()];
    expect(again.map((answer) => [answer.status, replayed(answer)])).toEqual([
      [201, 'true'],
      [201, 'true'],
      [201, 'true'],
    ]);
    expect(again.map(({ body }) => (body.hold ?? body.booking ?? body.entry).id)).toEqual([
      first.id,
      booking.id,
      entry.id,
    ]);
    expect(again[0]!.body.hold).toEqual({ ...first, status: 'confirmed' });
    expect(rest.seats).toEqual(['A-3']);
  });

  test('is compared as a JSON value, and its key belongs to path, customer and client', async () => {
    const hall = await openHall(engine.call);
    const post = (body: unknown, more = {}) =>
      engine.call('POST', `${hall.path}/holds`, { body, idem: 'one', ...more });
    const first = await done(post({ customerId: 'ann', seats: ['A-1'] }), 201);
    const spelt = await post('{ "seats" : ["\\u0041-1"], "customerId":"ann" }');
    expect([spelt.body.hold?.id, replayed(spelt)]).toEqual([first.hold.id, 'true']);
    expect((await post({ customerId: 'ann', seats: ['A-2'] })).body.code).toBe('IdempotencyKeyReused');
    expect((await post({ customerId: 'bob', seats: ['A-2'] })).body.hold.id).not.toBe(first.hold.id);
    const key = (await keyWith(engine.call, ['book'])).secret;
    expect((await post({ customerId: 'ann', seats: ['A-3'] }, { key })).body.hold.id).not.toBe(first.hold.id);
    const path = engine.call('POST', hall.path.toUpperCase().replace('/V1/SHOWS', '/v1/shows') + '/holds', {
      body: { customerId: 'ann', seats: ['A-1'] },
      idem: 'one',
    });
    expect((await path).body.hold.id).toBe(first.hold.id);
    // RFC 3986 §6.2.2.2: escapes of what needs none are the same address.
    const escaped = await engine.call('POST', `${hall.path.replace('-', '%2d')}/hold%73`, {
      body: { customerId: 'ann', seats: ['A-1'] },
      idem: 'one',
    });
    expect([escaped.body.hold?.id, replayed(escaped)], escaped.text).toEqual([first.hold.id, 'true']);
  });

  test('is compared as it was sent: a default that is spelt out is another body', async () => {
    const hall = await openHall(engine.call);
    const bestAvailable = { categoryId: 'Stalls', quantity: 2 };
    const post = (asked: object) =>
      engine.call('POST', `${hall.path}/holds`, {
        body: { customerId: 'ann', bestAvailable: asked },
        idem: 'best',
      });
    const first = await done(post(bestAvailable), 201);
    const spelt = await post({ ...bestAvailable, together: true });
    expect([spelt.status, spelt.body.code]).toEqual([422, 'IdempotencyKeyReused']);
    const again = await post(bestAvailable);
    expect([again.body.hold?.id, replayed(again)]).toEqual([first.hold.id, 'true']);
  });

  test('of an import gives the same import', async () => {
    const feed =
      '<?xml version="1.0" encoding="UTF-8"?><eventList version="1.0"><output></output></eventList>';
    const send = (body: string) =>
      engine.call('POST', '/v1/imports?source=tests', {
        body,
        idem: 'i',
        headers: { 'content-type': 'application/xml' },
      });
    const first = await send(feed);
    expect([first.status, first.body.import.source, first.body.import.rejected]).toEqual([200, 'tests', []]);
    const again = await send(feed);
    expect([replayed(again), again.body]).toEqual(['true', first.body]);
    expect((await send(`${feed} `)).body.code).toBe('IdempotencyKeyReused');
    expect((await engine.call('GET', `/v1/imports/${first.body.import.id}`)).body.import).toEqual(
      first.body.import,
    );
    expect(
      (
        await engine.call('POST', '/v1/imports', {
          body: 'no xml',
          headers: { 'content-type': 'text/xml; charset=utf-8' },
        })
      ).body.code,
    ).toBe('InvalidFeed');
  });
});

describe('what is edited', () => {
  test('is edited only at the version that the editor saw', async () => {
    const hall = await openHall(engine.call);
    const edit = (version: string) =>
      engine.call('PATCH', hall.path, { body: { ticketsPerCustomer: 5 }, headers: { 'if-match': version } });
    const { version } = (
      await engine.call('GET', hall.path, { headers: { 'x-min-position': hall.position, prefer: 'wait=5' } })
    ).body.show;
    for (const other of [`"${version + 1}"`, '"other"', `W/"${version}"`, '""'])
      expect((await edit(other)).body.code, other).toBe('PreconditionFailed');
    const edited = await done(edit(`"${version}"`), 200);
    expect([edited.show.ticketsPerCustomer, edited.show.version > version, edited.show.venue.city]).toEqual([
      5,
      true,
      'Madrid',
    ]);
    expect((await edit(`"${version}"`)).body.code).toBe('PreconditionFailed');
    await done(
      engine.call('POST', `${hall.path}/holds`, { body: { customerId: 'ann', seats: ['A-1'] } }),
      201,
    );
    expect((await edit('*')).body.show.version).toBe(edited.show.version);
  });
});
