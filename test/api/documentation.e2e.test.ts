// What is served and what is documented are the same, both ways.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../src/api/errors.ts';
import { readOpenApi } from '../attack/open-api.ts';
import { sendRaw } from '../attack/raw.ts';
import { openHall } from './hall.ts';
import { startEngine } from './running-engine.ts';
import type { RunningEngine } from './running-engine.ts';

const CONTRACT = `
  GET /v1/locations, GET /v1/locations/{}/events, GET /v1/events, GET /v1/events/{}, GET /v1/events/{}/shows, GET /v1/shows/{}, GET /v1/seating-plans/{},
  GET /v1/shows/{}/availability, GET /v1/shows/{}/availability/stream,
  POST /v1/shows/{}/holds, GET /v1/shows/{}/holds/{}, DELETE /v1/shows/{}/holds/{}, POST /v1/shows/{}/holds/{}/confirm,
  GET /v1/shows/{}/bookings/{}, POST /v1/shows/{}/bookings/{}/cancel,
  POST /v1/shows/{}/waitlist, GET /v1/shows/{}/waitlist/{}, DELETE /v1/shows/{}/waitlist/{},
  POST /v1/venues, PATCH /v1/venues/{}, POST /v1/venues/{}/seating-plans, POST /v1/events, PATCH /v1/events/{}, POST /v1/events/{}/shows,
  POST /v1/events/{}/publish, POST /v1/events/{}/cancel, PATCH /v1/shows/{},
  POST /v1/shows/{}/block, POST /v1/shows/{}/unblock, POST /v1/shows/{}/pause, POST /v1/shows/{}/resume, POST /v1/shows/{}/cancel,
  GET /v1/shows/{}/holds, GET /v1/shows/{}/bookings, GET /v1/shows/{}/waitlist, POST /v1/shows/{}/waitlist/{}/move, POST /v1/shows/{}/waitlist/{}/remove,
  POST /v1/imports, GET /v1/imports/{}, POST /v1/api-keys, GET /v1/api-keys, DELETE /v1/api-keys/{}, GET /v1/log, GET /v1/streams/{},
  GET /healthz, GET /readyz, GET /metrics`;

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly schema: { readonly default?: unknown };
  }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Record<string, { schema: unknown; example?: unknown }>;
  };
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

let engine: RunningEngine;
let paths: Record<string, Record<string, Operation>>;
let document: Record<string, unknown> & { components: { schemas: Record<string, unknown> } };
beforeAll(async () => {
  engine = await startEngine();
  document = (await engine.call('GET', '/openapi.json')).body;
  paths = document['paths'] as typeof paths;
});
afterAll(() => engine.stop());

const operations = (): [string, Operation][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );

describe('the OpenAPI document', () => {
  test('is the one that is committed', () => {
    const committed = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
    expect(document).toEqual(JSON.parse(committed));
  });

  test('is of version 3.1 and has every call of the contract', () => {
    expect(document['openapi']).toMatch(/^3\.1/);
    const documented = operations().map(([call]) => call.replaceAll(/\{\w+\}/g, '{}'));
    for (const call of CONTRACT.split(',').map((line) => line.trim())) expect(documented).toContain(call);
  });

  test('names and describes every operation, each by an id of its own', () => {
    const ids = operations().map(([call, { operationId, summary }]) => {
      expect(operationId, call).toMatch(/^[a-z][A-Za-z]+$/);
      expect(summary, call).toBeTruthy();
      return operationId;
    });
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('documents the problems that a call may answer', () => {
    const hold = paths['/v1/shows/{showId}/holds']?.['post']?.responses ?? {};
    for (const status of ['400', '401', '403', '404', '409', '413', '415', '422', '429', '503'])
      expect(hold[status]?.content, status).toHaveProperty('application/problem+json');
    expect(hold['409']?.description).toContain('SeatsUnavailable');
    for (const [call, { responses }] of operations()) {
      for (const [status, { description }] of Object.entries(responses)) {
        for (const [, code] of description.matchAll(/`(\w+)`/g))
          expect(PROBLEMS[code as keyof typeof PROBLEMS]?.[0], `${call} ${code}`).toBe(Number(status));
      }
    }
  });

  test('knows the one body that is no JSON', () => {
    expect(paths['/v1/imports']?.['post']?.requestBody).toMatchObject({
      required: true,
      content: { 'application/xml': { schema: { type: 'string' } } },
    });
  });

  test('gives examples of bodies that are taken as they stand', async () => {
    for (const [call, { requestBody }] of operations()) {
      for (const [type, { example }] of Object.entries(requestBody?.content ?? {})) {
        const [method = '', path = ''] = call.split(' ');
        const nowhere = path.replaceAll(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');
        const answer = await engine.call(method, nowhere, {
          body: example,
          headers: { 'content-type': type },
        });
        // What is not there is looked for when the body is known to be good.
        expect([200, 201, 404], `${call}: ${answer.text}`).toContain(answer.status);
        if (path === '/v1/imports')
          expect(answer.body.import).toMatchObject({ created: { events: 1, shows: 1 }, rejected: [] });
      }
    }
  });

  test('says which bodies may be left out', () => {
    const requiredAt = (path: string) => paths[path]?.['post']?.requestBody?.required;
    expect(requiredAt('/v1/shows/{showId}/holds/{holdId}/confirm')).toBe(false);
    expect(requiredAt('/v1/shows/{showId}/holds')).toBe(true);
  });

  test('says how long a page is that nobody asked to be longer', () => {
    const pages = operations().flatMap(([call, { parameters = [] }]) =>
      parameters.filter(({ name }) => name === 'limit').map(({ schema }) => [call, schema.default] as const),
    );
    expect(pages.length).toBeGreaterThan(8);
    for (const [call, length] of pages)
      expect(length, call).toBe(/\/v1\/(log|streams)/.test(call) ? 100 : 25);
  });

  test('says of every parameter what it is, and of every field of a show what a new one has', () => {
    const said = operations().flatMap(([call, { parameters = [] }]) =>
      parameters.filter((one) => one.in !== 'path').map((one) => [`${call} ${one.name}`, one.description]),
    );
    const { requestBody } = paths['/v1/events/{eventId}/shows']!['post']!;
    const { properties, required } = requestBody!.content['application/json']!.schema as {
      properties: Record<string, { description?: string }>;
      required: string[];
    };
    for (const [name, { description }] of Object.entries(properties))
      if (!required.includes(name)) said.push([name, description]);
    expect(said.filter(([, description]) => !description)).toEqual([]);
  });

  test('fills nothing in for who tries a call out but how long to wait: the page takes an example for a value', () => {
    const parameters = operations().flatMap(([, operation]) => operation.parameters ?? []);
    const filled = parameters.filter((parameter) => 'example' in parameter).map(({ name }) => name);
    expect(new Set(filled)).toEqual(new Set(['Prefer']));
  });

  test('knows all that is said of what is near: its distance, its venue', async () => {
    const found = document.components.schemas['EventFound'] as { properties: Record<string, unknown> };
    expect(JSON.stringify(found)).toContain('"#/components/schemas/Venue"');
    // Absent or a number, and never null.
    expect(found.properties['distanceKm']).toEqual({ type: 'number', description: 'Only with `near`.' });
    const { position } = await openHall(engine.call);
    const api = await readOpenApi(engine.call);
    for (const path of ['/v1/locations', '/v1/events']) {
      const operation = api.operations.find(({ name }) => name === `GET ${path}`)!;
      const { status, text, body, headers } = await engine.call('GET', `${path}?near=40.4,-3.7&radiusKm=5`, {
        headers: { 'x-min-position': position, prefer: 'wait=5' },
      });
      expect(body.data[0].distanceKm, path).toBe(0);
      const came = {
        status,
        text,
        contentType: headers.get('content-type'),
        requestId: headers.get('x-request-id'),
      };
      expect(api.complaint(operation, came), path).toBe(null);
    }
  });

  test('knows what the events of a live map are', async () => {
    const { path } = await openHall(engine.call);
    const api = await readOpenApi(engine.call);
    const media = paths['/v1/shows/{showId}/availability/stream']!['get']!.responses['200']!.content!;
    const documented = JSON.stringify(media['text/event-stream']);
    const ended = new AbortController();
    const { body } = await fetch(`${engine.url}${path}/availability/stream`, { signal: ended.signal });
    let text = '';
    for await (const bytes of body!.pipeThrough(new TextDecoderStream())) {
      text += bytes;
      if (/event: delta\ndata: .+\n/.test(text)) break;
      await engine.call('POST', `${path}/holds`, { body: { customerId: 'ada', seats: ['A-1'] } });
    }
    ended.abort();
    const events = [...text.matchAll(/event: (\w+)\ndata: (.+)\n/g)];
    const names = { snapshot: 'Availability', delta: 'AvailabilityDelta' } as Record<string, string>;
    expect(events.map(([, event]) => event)).toEqual(['snapshot', 'delta']);
    for (const [, event, data] of events) {
      expect(documented).toContain(`"#/components/schemas/${names[event!]}"`);
      expect(api.misfit(names[event!]!, JSON.parse(data!)), event).toBe(null);
    }
  });

  test('says by which headers a client tells what it has', () => {
    const headersOf = ({ parameters = [] }: Operation) => parameters.map(({ name }) => name);
    for (const [call, operation] of operations())
      expect(headersOf(operation).includes('If-None-Match'), call).toBe('304' in operation.responses);
    const stream = paths['/v1/shows/{showId}/availability/stream']!['get']!;
    expect(headersOf(stream)).toContain('Last-Event-ID');
  });

  test('leaves room in answers for members that come later, and none in bodies', () => {
    const shut = '"additionalProperties":false';
    expect(JSON.stringify(document.components)).not.toContain(shut);
    for (const [call, { responses }] of operations())
      expect(JSON.stringify(responses), call).not.toContain(shut);
    const hold = paths['/v1/shows/{showId}/holds']!['post']!;
    expect(JSON.stringify(hold.requestBody)).toContain(shut);
  });

  test('knows the dearest hold there can be', async () => {
    const { path } = await openHall(engine.call, {
      ticketsPerCustomer: 100,
      floor: 100,
      prices: { Stalls: { amount: 0, currency: 'JPY' }, Standing: { amount: 1e12, currency: 'JPY' } },
    });
    const api = await readOpenApi(engine.call);
    const body = { customerId: 'croesus', areas: [{ areaId: 'floor', quantity: 100 }] };
    const { status, text, headers, ...answer } = await engine.call('POST', `${path}/holds`, { body });
    expect(answer.body.hold.total.amount).toBe(1e14);
    const hold = api.operations.find(({ name }) => name === 'POST /v1/shows/{showId}/holds')!;
    const came = {
      status,
      text,
      contentType: headers.get('content-type'),
      requestId: headers.get('x-request-id'),
    };
    expect(api.complaint(hold, came)).toBe(null);
  });

  test('has no reference to a schema that is not there, and no schema that is not referred to', () => {
    const text = JSON.stringify(document);
    const referred = new Set(
      [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
    );
    expect(referred).toEqual(new Set(Object.keys(document.components.schemas)));
  });
});

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
