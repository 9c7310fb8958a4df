// What a server may answer while something fails: a 503 that says when to come again. All else is complained of.
import { createServer } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { failures } from './aftermath/claims.ts';
import type { Attempt } from './history.ts';
import { HttpCaller } from './recorder/http-caller.ts';

const code = (name: string): string => JSON.stringify({ code: name });

test.each<[string, number, string, OutgoingHttpHeaders, string[]]>([
  ['a 503 with Retry-After', 503, code('Unavailable'), { 'retry-after': '1' }, []],
  ['a 503 without it', 503, code('Unavailable'), {}, ['answered 503 Unavailable without Retry-After']],
  ['a 500', 500, code('InternalError'), {}, ['answered 500 InternalError']],
  ['a 200 that is no JSON', 200, 'OK', {}, ['answered 200 without JSON']],
  ['a 404 without a body', 404, '', {}, ['answered 404 without JSON']],
  ['a 502 of somebody in between', 502, '<html>', {}, ['answered 502 without JSON']],
  ['a 200 that breaks off half-way', 200, '{"ho', { 'content-length': 100 }, []],
])('%s while something fails', async (_, status, body, headers, complaints) => {
  const server = createServer((request, response) => {
    response.writeHead(status, headers);
    if (headers['content-length'] === undefined) response.end(body);
    else response.write(body, () => request.socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = () => `http://127.0.0.1:${port}`;
  const caller = new HttpCaller({ url, apiKey: 'key', timeOutMs: 5_000, name: 'test' });
  onTestFinished(() => {
    caller.close();
    server.close();
  });
  const asked = { does: 'read-entry', entryId: 'e' } as const;
  const request = { wish: 1, client: 1, showId: 's', asked, requestId: 'request-1', calledAt: 0 };
  const answer = await caller.send(request);
  expect(answer.kind).toBe('unknown');
  const attempt = { ...request, returnedAt: null, answer } as Attempt;
  expect(failures({ attempts: [attempt] }).map((line) => line.split(':', 1)[0])).toEqual(complaints);
});
