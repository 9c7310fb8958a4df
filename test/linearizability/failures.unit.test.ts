// What a server may answer while something fails: a 503 that says when to come again. All else is complained of.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { failures } from './aftermath/claims.ts';
import type { Attempt } from './history.ts';
import { HttpCaller } from './recorder/http-caller.ts';

test.each([
  ['a 503 with Retry-After', 503, 'Unavailable', { 'retry-after': '1' }, []],
  ['a 503 without it', 503, 'Unavailable', {}, ['answered 503 Unavailable without Retry-After']],
  ['a 500', 500, 'InternalError', {}, ['answered 500 InternalError']],
] as const)('%s while something fails', async (_, status, code, headers, complaints) => {
  const server = createServer((_request, response) =>
    response.writeHead(status, headers).end(JSON.stringify({ code })),
  ).listen(0, '127.0.0.1');
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
