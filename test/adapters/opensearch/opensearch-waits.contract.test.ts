// How long an OpenSearch that is slow, or slow in part, is waited for.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openSearch } from '../../../src/adapters/opensearch/opensearch.ts';
import { systemClock } from '../../../src/adapters/system/system-clock.ts';
import type { SteadyClock } from '../../../src/ports/clock.ts';
import { ownIndex, type Serving } from '../../../src/queries/search/own-index.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A node that answers what is asked below one path and nothing else. */
async function nodeThatAnswers(path: string, body: object, clock: SteadyClock = systemClock) {
  server = createServer((request, response) => {
    if (!request.url!.includes(path)) return;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return openSearch({ url: `http://127.0.0.1:${port}`, clock, alias: 'events' });
}

test('a search waits no longer for whose index it is than for the search', async () => {
  const { index, generations, close } = await nodeThatAnswers('/_search', { hits: { hits: [] } });
  const serving = async (): Promise<Serving> =>
    (await generations.serving()) === null ? 'outdated' : 'ours';
  const own = ownIndex(index, serving, systemClock);
  const from = performance.now();
  const question = { sort: 'startsAt', from: '2027-01-01T00:00:00.000Z', after: null, limit: 1 } as const;
  await expect(own.find(question)).rejects.toMatchObject({ code: 'SearchUnavailable' });
  expect(performance.now() - from).toBeLessThan(15_000);
  await close();
}, 60_000);

test('a search that OpenSearch gave up half-way is not taken for all that there is', async () => {
  const { index, close } = await nodeThatAnswers('/_search', {
    timed_out: true,
    hits: { hits: [] },
    aggregations: { types: { buckets: [] }, tags: { buckets: [] } },
  });
  const question = { sort: 'startsAt', from: '2027-01-01T00:00:00.000Z', after: null, limit: 1 } as const;
  await expect(index.find(question)).rejects.toMatchObject({ code: 'SearchUnavailable' });
  await close();
});

test('a position is not waited for any longer though the clock is put back meanwhile', async () => {
  let putMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + putMs };
  const body = { found: true, _source: { position: 1 } };
  const { index, close } = await nodeThatAnswers('/_doc/', body, clock);
  const reached = index.waitFor(2, 500);
  putMs = -3_600_000;
  expect(await Promise.race([reached, systemClock.sleep(10_000).then(() => 'waits on')])).toBe(1);
  await close();
}, 30_000);
