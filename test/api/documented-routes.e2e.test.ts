// What is served and what is documented are the same, both ways; and the page that shows the document.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRaw } from '../attack/raw.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

let engine: RunningEngine;
let paths: Record<string, Record<string, unknown>>;
beforeAll(async () => {
  engine = await startEngine();
  paths = (await engine.call('GET', '/openapi.json')).body.paths;
});
afterAll(() => engine.stop());

describe('the served routes', () => {
  test('are all documented: whatever is served says so in Allow', async () => {
    for (const path of Object.keys(paths)) {
      const concrete = path.replaceAll(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');
      const answer = await engine.call('PUT', concrete);
      expect(answer.status, path).toBe(405);
      const allowed = (answer.headers.get('allow') ?? '').split(', ').filter((method) => method !== 'HEAD');
      expect(allowed, path).toEqual(
        Object.keys(paths[path] ?? {})
          .map((method) => method.toUpperCase())
          .sort(),
      );
    }
  });

  test('include a page for people, and / leads to it', async () => {
    const root = await engine.call('GET', '/', { key: null });
    expect([root.status, root.headers.get('location')]).toEqual([302, '/docs']);
    const docs = await engine.call('GET', '/docs/', { key: null });
    expect(docs.status).toBe(200);
    expect(docs.text).toContain('<title>Fairseat API</title>');
    const head = await engine.call('HEAD', '/docs/', { key: null });
    expect(head.headers.get('content-length')).toBe(docs.headers.get('content-length'));
    expect(Number(docs.headers.get('content-length'))).toBeGreaterThan(100);
    // The logo in the bar brings a style of its own, which the policy below refuses.
    const { text } = await engine.call('GET', '/docs/static/swagger-initializer.js', { key: null });
    expect(text).toContain('"layout":"BaseLayout"');
    // Whether there is TLS is for the proxy to say.
    const said = [...docs.headers].map(([name, value]) => `${name}: ${value}`).join('; ');
    expect(said).toContain("default-src 'self'");
    expect(said).not.toMatch(/strict-transport-security|upgrade-insecure-requests/);
  });

  test('are not looked for behind the dots of an address below /docs, which is answered like any other', async () => {
    const get = (path: string, more = '') =>
      sendRaw(engine.url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`, 5_000);
    for (const path of [
      '/docs/../v1/events',
      '/docs/static/../../healthz',
      '/docs/../x',
      '/docs/static/%00',
    ]) {
      const { statuses, text } = await get(path);
      expect([statuses, text.includes('"code":"RouteNotFound"')], path).toEqual([[404], true]);
    }
    const style = '/docs/static/swagger-ui.css';
    const [, etag] = /^etag: (.+)$/im.exec((await get(style)).text) ?? [];
    const again = await get(style, `If-None-Match: ${etag!.trim()}\r\n`);
    expect([again.statuses, again.text.includes('content-length')]).toEqual([[304], false]);
    // A range may be passed over, and what cannot be satisfied would be answered in words that are not ours.
    for (const more of ['Range: bytes=999999999-\r\n', 'If-Match: "x"\r\n'])
      expect((await get(style, more)).statuses, more).toEqual([200]);
  });
});
