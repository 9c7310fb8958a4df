// Requests that two parsers would read differently: whatever stands in front, the engine refuses what is ambiguous, hangs
// up, and never takes the rest of such bytes for another request.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { done, keyWith } from '../api/hall.ts';
import { ADMIN_KEY, startEngine } from '../api/running-engine.ts';
import type { RunningEngine } from '../api/running-engine.ts';
import { sendRaw } from './raw.ts';

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

/** What would be answered with a 404 of its own if it were taken for a request. */
const SMUGGLED = 'GET /v1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const LENGTH = SMUGGLED.length;
const post = (headers: string, body: string) =>
  `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

/** Refused as no well-formed HTTP, and hung up on. */
const AMBIGUOUS: Readonly<Record<string, string>> = {
  'Content-Length and Transfer-Encoding': post(
    `Content-Length: ${5 + LENGTH}\r\nTransfer-Encoding: chunked`,
    `0\r\n\r\n${SMUGGLED}`,
  ),
  'Transfer-Encoding and Content-Length': post(
    `Transfer-Encoding: chunked\r\nContent-Length: 4`,
    `5c\r\n${SMUGGLED}`,
  ),
  'two lengths': post(`Content-Length: 0\r\nContent-Length: ${LENGTH}`, SMUGGLED),
  'a list of lengths': post(`Content-Length: 0, ${LENGTH}`, SMUGGLED),
  'a length with a sign': post('Content-Length: +0', SMUGGLED),
  'a negative length': post('Content-Length: -1', SMUGGLED),
  'a hexadecimal length': post('Content-Length: 0x0', SMUGGLED),
  'a length that overflows': post('Content-Length: 18446744073709551616', SMUGGLED),
  'a length with a letter': post('Content-Length: 0a', SMUGGLED),
  'a blank before the colon': post(`Content-Length : ${LENGTH}`, SMUGGLED),
  'a coding that is none': post('Transfer-Encoding: xchunked', `0\r\n\r\n${SMUGGLED}`),
  'a coding after chunked': post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${SMUGGLED}`),
  'chunked with a tab and a letter': post('Transfer-Encoding: chunked\tx', `0\r\n\r\n${SMUGGLED}`),
  'a folded header': post(`X-Folded: a\r\n Transfer-Encoding: chunked`, `0\r\n\r\n${SMUGGLED}`),
  'chunks over HTTP/1.0': post(
    'Connection: keep-alive\r\nTransfer-Encoding: chunked',
    `2\r\n{}\r\n0\r\n\r\n${SMUGGLED}`,
  ).replace('HTTP/1.1', 'HTTP/1.0'),
  'a coding before chunked': post('Transfer-Encoding: gzip, chunked', `2\r\n{}\r\n0\r\n\r\n${SMUGGLED}`),
  'a chunk size that is none': post('Transfer-Encoding: chunked', `0x0\r\n\r\n${SMUGGLED}`),
  'a chunk size with a sign': post('Transfer-Encoding: chunked', `-1\r\n\r\n${SMUGGLED}`),
  'a chunk size that overflows': post('Transfer-Encoding: chunked', `10000000000000000\r\n${SMUGGLED}`),
  'a chunk longer than it says': post('Transfer-Encoding: chunked', `1\r\n{}\r\n0\r\n\r\n${SMUGGLED}`),
  'a bare line feed after a chunk size': post('Transfer-Encoding: chunked', `2\n{}\r\n0\r\n\r\n${SMUGGLED}`),
  'a bare line feed in an extension': post('Transfer-Encoding: chunked', `2;a\n{}\r\n0\r\n\r\n${SMUGGLED}`),
  'NUL in a header': `GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n${SMUGGLED}`,
  'NUL in a name': `GET /healthz HTTP/1.1\r\nHost: x\r\nX-\0A: b\r\n\r\n${SMUGGLED}`,
  'a carriage return in a header': `GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: a\rX-B: b\r\n\r\n${SMUGGLED}`,
  'a header without a name': `GET /healthz HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n${SMUGGLED}`,
  'a header without a colon': `GET /healthz HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n${SMUGGLED}`,
  'a line before the headers': `GET /healthz HTTP/1.1\r\n \r\nHost: x\r\n\r\n${SMUGGLED}`,
  'no host': `GET /healthz HTTP/1.1\r\n\r\n${SMUGGLED}`,
  'another protocol': `GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'a blank in the address': `GET /health z HTTP/1.1\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'a method that is none': `G\0T /healthz HTTP/1.1\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'a fragment in the address': `GET /healthz#a HTTP/1.1\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'a fragment behind a query': `GET /v1/events?limit=1#a HTTP/1.1\r\nHost: x\r\n\r\n${SMUGGLED}`,
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a greeting of TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'no HTTP at all': '\r\n\r\n{"hello":"world"}\r\n\r\n',
};

describe('bytes that two parsers would read differently', () => {
  test.each(Object.entries(AMBIGUOUS))('%s: refused, and hung up on', async (_, bytes) => {
    const answer = await sendRaw(engine.url, bytes);
    expect(answer.text).not.toContain('/v1/smuggled');
    // Where the head could be read the request is answered, before its body is found out.
    expect(
      answer.statuses.filter((status) => ![400, 401].includes(status)),
      answer.text,
    ).toEqual([]);
    expect(answer.statuses.length, answer.text).toBeLessThanOrEqual(2);
    expect([answer.closed, answer.statuses.at(-1)], answer.text).toEqual([true, 400]);
  });
});

const LAST = 'GET /v1/next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
const get = (more: string) => `GET /healthz HTTP/1.1\r\nHost: x\r\n${more}\r\n`;

describe('a request that leaves out what HTTP asks for, or asks for more', () => {
  test('without a Host: 400 that says so, and hung up on', async () => {
    const { statuses, closed, text } = await sendRaw(engine.url, `GET /healthz HTTP/1.1\r\n\r\n${SMUGGLED}`);
    expect([statuses, closed], text).toEqual([[400], true]);
    expect(text).toContain('"pointer":"/headers/host","code":"missing"');
  });

  test.each(['Host: y', 'host: x'])('with another Host (%s): the same, as doubled', async (another) => {
    const request = `GET /healthz HTTP/1.1\r\nHost: x\r\n${another}\r\n\r\n${SMUGGLED}`;
    const { statuses, closed, text } = await sendRaw(engine.url, request);
    expect([statuses, closed], text).toEqual([[400], true]);
    expect(text).toContain('"pointer":"/headers/host","code":"doubled"');
  });

  test('HTTP/1.0 has no Host', async () => {
    const { statuses, text } = await sendRaw(engine.url, 'GET /healthz HTTP/1.0\r\n\r\n');
    expect(statuses, text).toEqual([200]);
  });

  test('an expectation that nobody knows is passed over', async () => {
    const { statuses, text } = await sendRaw(engine.url, get('Expect: 200-ok\r\nConnection: close\r\n'));
    expect(statuses, text).toEqual([200]);
  });
});

/** Read in one way only: what follows the request is the next request. */
const PLAIN: Readonly<Record<string, readonly [bytes: string, statuses: number[]]>> = {
  'two requests in one packet': [`${get('')}${LAST}`, [200, 404]],
  'a body of its length': [post('Content-Length: 2', `{}${LAST}`), [401, 404]],
  'a body in chunks': [post('Transfer-Encoding: chunked', `2\r\n{}\r\n0\r\n\r\n${LAST}`), [401, 404]],
  'a GET with a body': [`${get(`Content-Length: ${LENGTH}\r\n`)}${SMUGGLED}${LAST}`, [200, 404]],
  // RFC 9112 §3.2.2: a server takes it, and looks at its path.
  'an absolute address': [
    `GET http://elsewhere.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n${LAST}`,
    [200, 404],
  ],
};

describe('bytes that have one meaning', () => {
  test.each(Object.entries(PLAIN))('%s', async (_, [bytes, statuses]) => {
    const answer = await sendRaw(engine.url, bytes);
    expect(answer.statuses, answer.text).toEqual(statuses);
  });

  test('an absolute address is that address: nothing of its host comes back, and a retry is a retry', async () => {
    const ask = (method: string, path: string, headers = '', body = '') =>
      sendRaw(
        engine.url,
        `${method} http://elsewhere.example${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n` +
          `Authorization: Bearer ${ADMIN_KEY}\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`,
      );
    expect((await ask('GET', '')).statuses).toEqual([302]);
    expect((await ask('GET', '?a=/b')).statuses).toEqual([302]);
    const refused = await ask('DELETE', '/v1/events');
    expect(refused.statuses, refused.text).toEqual([405]);
    expect(refused.text).toContain('"instance":"/v1/events"');

    const body = { title: 'Ninth Symphony' };
    const { event } = await done(engine.call('POST', '/v1/events', { body, idem: 'one' }), 201);
    const json = 'Content-Type: application/json\r\nIdempotency-Key: one\r\n';
    const again = await ask('POST', '/v1/events', json, JSON.stringify(body));
    expect(again.text).toContain(event.id);

    await keyWith(engine.call, ['browse']);
    const page = await ask('GET', '/v1/api-keys?limit=1');
    expect(page.text).toContain('link: </v1/api-keys?limit=1&cursor=');
  });

  test('an upgrade or a tunnel is not granted', async () => {
    const upgrade = get('Connection: Upgrade, close\r\nUpgrade: h2c\r\n');
    expect((await sendRaw(engine.url, upgrade)).statuses).toEqual([200]);
    const tunnel = await sendRaw(engine.url, 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\nSSH-2.0');
    expect([tunnel.closed, tunnel.statuses.filter((status) => status < 400)]).toEqual([true, []]);
  });
});
