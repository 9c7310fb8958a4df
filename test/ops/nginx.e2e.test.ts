import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startEngine, ADMIN_KEY } from '../api/running-engine.ts';
import { freePorts } from '../support/servers/free-ports.ts';
import { complaints, nginxVersion, startNginx } from './nginx.ts';

/** What docs/operating.md asks to wait between two processes. */
const STARTED_BEFORE_MS = 3_000;
const version = nginxVersion();
if (version === null)
  console.log('skipped: ops/nginx on a real nginx: there is no nginx on this machine (Debian: nginx-light)');

/** A process that answers with its own name, not before `from`. */
async function named(
  name: string,
  from = Promise.resolve(),
  port = 0,
): Promise<{ server: Server; host: string }> {
  const server = createServer((_request, reply) => void from.then(() => reply.end(name)));
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(version === null)(`nginx ${version}`, () => {
  test('finds nothing wrong with the configuration', () => {
    expect(complaints()).toBe('');
  });

  test('sends a show to one process, shows to both, and all to the other when one is gone', async () => {
    const [one, two] = [await named('one'), await named('two')];
    const url = await startNginx([one.host, two.host]);
    const post = async (show: string, what: string): Promise<string> =>
      (await fetch(`${url}/v1/shows/${show}/${what}`, { method: 'POST', body: '{}' })).text();
    const shows = Array.from({ length: 40 }, () => randomUUID());
    const at = new Map<string, string>();
    for (const show of shows) at.set(show, await post(show, 'holds'));
    for (const show of shows) expect(await post(show, `holds/${randomUUID()}/confirm`)).toBe(at.get(show));
    expect(new Set(at.values())).toEqual(new Set(['one', 'two']));
    one.server.closeAllConnections();
    await new Promise((closed) => one.server.close(closed));
    for (const show of shows) expect(await post(show, 'holds')).toBe('two');
  });

  test('sends to a process that has started again before the other can have been stopped in its turn', async () => {
    const hosts = await freePorts(2);
    const start = (at: number) => named(String(at), undefined, hosts[at]);
    const stop = async ({ server }: { server: Server }): Promise<void> => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    };
    const [one, two] = [await start(0), await start(1)];
    const url = await startNginx([one.host, two.host]);
    const answers = (): Promise<string[]> =>
      Promise.all(
        Array.from({ length: 20 }, async () => (await fetch(`${url}/v1/shows/${randomUUID()}`)).text()),
      );
    await stop(one);
    expect(new Set(await answers())).toEqual(new Set(['1']));
    await start(0);
    // By what is asked meanwhile nginx learns of it.
    for (let waited = 0; waited < STARTED_BEFORE_MS; waited += 100)
      await Promise.all([answers(), sleep(100)]);
    await stop(two);
    expect(new Set(await answers())).toEqual(new Set(['0']));
  });

  test('in front of an engine: caches what is public, and nothing else; hides metrics', async () => {
    const engine = await startEngine();
    onTestFinished(() => engine.stop());
    const url = await startNginx([new URL(engine.url).host]);
    const get = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });

    const first = await get('/v1/events?limit=1');
    expect([first.status, first.headers.get('x-cache')]).toEqual([200, 'MISS']);
    expect((await get('/v1/events?limit=1')).headers.get('x-cache')).toMatch(/^(HIT|STALE|UPDATING)$/);
    const authorization = `Bearer ${ADMIN_KEY}`;
    expect((await get('/v1/events?limit=1', { authorization })).headers.get('x-cache')).toBe('BYPASS');
    expect((await get('/v1/events?limit=1', { 'x-min-position': '1' })).headers.get('x-cache')).toBe(
      'BYPASS',
    );
    expect((await get('/metrics')).status).toBe(404);
    expect((await get('/healthz')).status).toBe(200);
  });

  test('serves the catalogue stale while no process answers, and no seat map', async () => {
    let broken = false;
    const server = createServer((_request, reply) => {
      if (broken) return reply.writeHead(503).end();
      return reply
        .writeHead(200, {
          'cache-control': 'public, max-age=0, must-revalidate, s-maxage=1, stale-while-revalidate=1',
        })
        .end('fresh');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const url = await startNginx([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
    const asked = [`${url}/v1/events`, `${url}/v1/shows/${randomUUID()}/availability`];
    const statuses = () => Promise.all(asked.map(async (it) => (await fetch(it)).status));
    expect(await statuses()).toEqual([200, 200]);
    broken = true;
    // What is fresh, or may be stale while it is asked for, is served for two seconds yet.
    await expect.poll(statuses).toEqual([200, 503]);
  });

  test('answers who asks too much as the engine would', async () => {
    // Nobody is answered before somebody was refused: however slow the machine, too much is asked at once.
    const refused = Promise.withResolvers<void>();
    const { host } = await named('one', refused.promise);
    const url = await startNginx([host]);
    const answers = await Promise.all(
      Array.from({ length: 600 }, async () => {
        const answer = await fetch(`${url}/v1/events`, { method: 'POST' });
        if (answer.status === 429) refused.resolve();
        const [type, readableBy] = ['content-type', 'access-control-allow-origin'].map((name) =>
          answer.headers.get(name),
        );
        return { status: answer.status, type, readableBy, text: await answer.text() };
      }),
    );
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(0);
    expect(answers.length - limited.length).toBeGreaterThanOrEqual(200);
    expect([limited[0]!.type, limited[0]!.readableBy]).toEqual(['application/problem+json', '*']);
    expect(JSON.parse(limited[0]!.text)).toMatchObject({ code: 'RateLimited', status: 429 });
  });

  test('says that nobody is there as the engine would say it', async () => {
    const { server, host } = await named('gone');
    await new Promise((closed) => server.close(closed));
    const answer = await fetch(`${await startNginx([host])}/v1/events`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({ code: 'Unavailable' });
  });

  test('hands on a live map byte by byte, as it comes', async () => {
    let push: (text: string) => void = () => {};
    const server = createServer((_request, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      push = (text) => reply.write(text);
      push('event: snapshot\n\n');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const url = await startNginx([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
    const reader = (await fetch(`${url}/v1/shows/${randomUUID()}/availability/stream`)).body!.getReader();
    const next = async (): Promise<string> => Buffer.from((await reader.read()).value ?? []).toString();
    expect(await next()).toBe('event: snapshot\n\n');
    push('event: delta\n\n');
    expect(await next()).toBe('event: delta\n\n');
    await reader.cancel();
  });
});
