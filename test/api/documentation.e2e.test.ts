// The OpenAPI document: the one that is committed, whole, and true of what it says about calls, bodies and parameters.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROBLEMS } from '../../src/api/errors.ts';
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
    readonly schema: { readonly default?: unknown; readonly pattern?: string };
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

  test('bounds every whole number by what it can be: none but the revision before the first is below 0', () => {
    const below: string[] = [];
    const look = (schema: unknown, name: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { type, minimum } = schema as { type?: unknown; minimum?: number };
      if (type === 'integer' && !(minimum! >= 0)) below.push(`${name} ${minimum}`);
      for (const [key, part] of Object.entries(schema)) look(part, key);
    };
    look(
      [document.components, operations().map(([, { requestBody, responses }]) => [requestBody, responses])],
      '',
    );
    for (const [, { parameters = [] }] of operations())
      for (const { name, schema } of parameters) look(schema, name);
    expect(new Set(below)).toEqual(new Set(['after -1']));
  });

  test('takes ids in addresses in whatever case, as the server does', () => {
    const ids = operations().flatMap(([, { parameters = [] }]) =>
      parameters.filter((one) => one.in === 'path'),
    );
    const id = '4F1C9A52-7D0E-4C8B-9A64-1F2E3D4C5B6A';
    for (const { name, schema } of ids) expect(id, name).toMatch(new RegExp(schema.pattern ?? ''));
    expect(ids.length).toBeGreaterThan(30);
  });

  test('says true or false where that is all that a parameter may be', () => {
    const { parameters } = paths['/v1/events']!['get']!;
    const { schema } = parameters!.find(({ name }) => name === 'facets')!;
    expect(schema).toEqual({ type: 'boolean', default: false });
  });

  test('fills nothing in for who tries a call out but how long to wait: the page takes an example for a value', () => {
    const parameters = operations().flatMap(([, operation]) => operation.parameters ?? []);
    const filled = parameters.filter((parameter) => 'example' in parameter).map(({ name }) => name);
    expect(new Set(filled)).toEqual(new Set(['Prefer']));
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

  test('has no reference to a schema that is not there, and no schema that is not referred to', () => {
    const text = JSON.stringify(document);
    const referred = new Set(
      [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
    );
    expect(referred).toEqual(new Set(Object.keys(document.components.schemas)));
  });
});
