// Whatever is wrong with a body, the answer is the right 4xx with a pointer and a sentence; nothing is done.
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodies } from './bodies.ts';
import { openHall } from './hall.ts';
import type { Hall } from './hall.ts';
import { expectRefused } from './refusal.ts';
import { ADMIN_KEY, startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let hall: Hall;
beforeAll(async () => {
  engine = await startEngine();
  hall = await openHall(engine.call, { seats: 20, floor: 50 });
});
afterAll(() => engine.stop());

describe('a bad body', () => {
  test('is refused with a pointer to what is wrong', async () => {
    for (const { method, path, bad } of bodies(hall)) {
      for (const [body, pointer] of bad) {
        const problem = expectRefused(await engine.call(method, path, { body }), 400, 'InvalidRequest');
        const pointers = (problem.errors ?? []).map((error: { pointer: string }) => error.pointer);
        expect(pointers, `${method} ${path} ${JSON.stringify(body).slice(0, 200)}`).toContain(pointer);
      }
    }
  });

  test('with a field that nobody knows is refused by its name', async () => {
    for (const { method, path, good } of bodies(hall)) {
      const problem = expectRefused(
        await engine.call(method, path, { body: { ...good, shoeSize: 43 } }),
        400,
        'InvalidRequest',
      );
      expect(problem.errors, `${method} ${path}`).toContainEqual(
        expect.objectContaining({ pointer: '/shoeSize', code: 'unknown' }),
      );
    }
  });

  test('that is no JSON, or no object, is refused', async () => {
    for (const { method, path } of bodies(hall)) {
      for (const body of [
        '{"a":',
        'nonsense',
        '{"a":1}}',
        '\u0000',
        '[]',
        '"text"',
        '7',
        'null',
        '{"__proto__":{"admin":true}}',
        '{"constructor":{"prototype":{}}}',
        '['.repeat(100_000),
      ]) {
        expectRefused(await engine.call(method, path, { body }), 400, 'InvalidRequest');
      }
    }
  });

  test('that is no UTF-8 is refused, for it would be stored as something else', async () => {
    const bytes = Buffer.from('{"name":"b\xffom","timeZone":"UTC","city":"B"}', 'latin1');
    const answer = await fetch(`${engine.url}/v1/venues`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: bytes,
    });
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      400,
      'Send the body in UTF-8.',
    ]);
  });

  test('with a forbidden name says so, though it is JSON', async () => {
    const body = '{"__proto__":{"admin":true}}';
    const { errors } = expectRefused(
      await engine.call('POST', '/v1/venues', { body }),
      400,
      'InvalidRequest',
    );
    expect(errors[0].message).toMatch(/^Leave out fields named "__proto__"/);
  });

  test('of another type is refused', async () => {
    for (const { method, path } of bodies(hall)) {
      for (const type of [
        'text/plain',
        'application/xml',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/jsonp',
      ])
        expectRefused(
          await engine.call(method, path, { body: '{}', headers: { 'content-type': type } }),
          415,
          'UnsupportedMediaType',
        );
    }
    expectRefused(await engine.call('POST', '/v1/imports', { body: {} }), 415, 'UnsupportedMediaType');
  });

  test('that is compressed is refused in words that say so, whatever its bytes are', async () => {
    for (const coding of ['gzip', 'GZIP', 'br', 'identity, gzip']) {
      const headers = { 'content-encoding': coding };
      for (const [path, body, type] of [
        ['/v1/events', gzipSync('{"title":"Ninth"}'), 'application/json'],
        ['/v1/events', '{"title":"Ninth"}', 'application/json'],
        ['/v1/imports', gzipSync('<feed/>'), 'application/xml'],
      ] as const) {
        const answer = await engine.call('POST', path, {
          body,
          headers: { ...headers, 'content-type': type },
        });
        expect(expectRefused(answer, 415, 'UnsupportedMediaType').detail).toContain('Content-Encoding');
        expect(answer.headers.get('accept-encoding')).toBe('identity');
      }
    }
    const plain = { body: { title: 'Ninth' }, headers: { 'content-encoding': 'identity' } };
    expect((await engine.call('POST', '/v1/events', plain)).status).toBe(201);
  });

  test('over the limit is refused', async () => {
    const seats = Array.from({ length: 1_000_000 }, (_, i) => `A-${i}`);
    expectRefused(
      await engine.call('POST', `${hall.path}/holds`, { body: { customerId: 'ann', seats } }),
      413,
      'PayloadTooLarge',
    );
  });

  test('over the limit is refused on a connection that takes the rest of it, or the answer could be lost', async () => {
    for (const [path, type, bytes] of [
      ['/v1/events', 'application/json', 10 * 2 ** 20],
      ['/v1/imports', 'application/xml', 33 * 2 ** 20],
    ] as const) {
      const { hostname, port } = new URL(engine.url);
      const socket = connect(Number(port), hostname);
      const head = `POST ${path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n`;
      socket.write(`${head}Content-Type: ${type}\r\nContent-Length: ${bytes}\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString(), path).toMatch(/^HTTP\/1\.1 413 /u);
      socket.write(Buffer.alloc(bytes, 'a'));
      socket.write('GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n');
      expect(await text(socket), path).toMatch(/^HTTP\/1\.1 200 /u);
    }
  });

  test('that names every seat of a large hall is taken where seats are blocked', async () => {
    const seats = Array.from({ length: 100_000 }, (_, i) => `Parterre-${i}`);
    for (const verb of ['block', 'unblock'])
      expectRefused(
        await engine.call('POST', `${hall.path}/${verb}`, {
          body: { seats, reason: 'private' },
        }),
        422,
        'UnknownSeat',
      );
  });

  test('is not in the way of the same key with a good one', async () => {
    const idem = 'tried-again';
    expectRefused(
      await engine.call('POST', `${hall.path}/holds`, { body: { customerId: 'dan', seats: [] }, idem }),
      400,
      'InvalidRequest',
    );
    expect(
      (
        await engine.call('POST', `${hall.path}/holds`, {
          body: { customerId: 'dan', seats: ['A-19'] },
          idem,
        })
      ).status,
    ).toBe(201);
  });
});

test('nothing of all this is in the log, but for the one hold', async () => {
  const { text } = await engine.call('GET', `/v1/streams/show-${hall.showId}?limit=1000`);
  const types = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect(types.filter((type) => !['ShowScheduled', 'ShowPublished'].includes(type))).toEqual(['SeatsHeld']);
});

test('a body is refused where none is taken, and may be left out where all of it may', async () => {
  const made = await engine.call('POST', `${hall.path}/holds`, {
    body: { customerId: 'no-body', seats: ['A-20'] },
    idem: 'no-body',
  });
  const path = `${hall.path}/holds/${made.body.hold.id}`;
  const problem = expectRefused(
    await engine.call('DELETE', path, { body: { why: 'changed my mind' } }),
    400,
    'InvalidRequest',
  );
  expect(problem.errors).toMatchObject([{ pointer: '/why', code: 'unknown' }]);
  expect((await engine.call('GET', path)).body.hold.status).toBe('live');
  const confirmed = await engine.call('POST', `${path}/confirm`, { idem: 'no-body-confirm' });
  expect(confirmed.status).toBe(201);
});

test('half a place is refused, also where the other half is there already', async () => {
  const venue = { name: 'Half', timeZone: 'Europe/Berlin', city: 'Berlin', lat: 52.5 };
  const half = expectRefused(await engine.call('POST', '/v1/venues', { body: venue }), 400, 'InvalidRequest');
  const whole = await engine.call('POST', '/v1/venues', { body: { ...venue, lon: 13.4 } });
  const path = `/v1/venues/${whole.body.venue.id}`;
  const halved = expectRefused(
    await engine.call('PATCH', path, { body: { lat: null } }),
    400,
    'InvalidRequest',
  );
  expect([half.errors, halved.errors]).toMatchObject([[{ pointer: '/lon' }], [{ pointer: '/lat' }]]);
  const moved = await engine.call('PATCH', path, { body: { lat: 52.6 } });
  expect([moved.body.venue.lat, moved.body.venue.lon]).toEqual([52.6, 13.4]);
});
