// Every body, every success and every named schema of docs/openapi.json has an example that its schema allows, and what refusals
// carry is in it.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { closed } from '../attack/open-api.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}
interface Operation {
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, { readonly examples?: unknown[] }> };
}

const file = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
const refusals = JSON.parse(
  readFileSync(new URL('../domain/show/refusals.json', import.meta.url), 'utf8'),
) as Record<string, { readonly members?: object }>;
const { paths, components } = JSON.parse(
  file.replaceAll('"#/components/', '"openapi#/components/'),
  closed,
) as Document;
const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi', components });

/** Why the example is none; null: it is one. */
function complaint(schema: object, example: unknown): string | null {
  if (example === undefined || example === null) return 'is missing';
  return ajv.validate(schema, example) ? null : ajv.errorsText();
}

const media = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { requestBody, responses }]) => [
    ...mediaOf(`${method} ${path}, body`, requestBody?.content),
    ...Object.entries(responses).flatMap(([status, { content }]) =>
      mediaOf(`${method} ${path}, ${status}`, content),
    ),
  ]),
);

function mediaOf(where: string, content: Record<string, Media> = {}): [string, string, Media][] {
  return Object.entries(content).map(([type, one]) => [where, type, one]);
}

test('bodies and answers have one', () => {
  const ofSuccess = media.filter(([, type]) => type !== 'application/problem+json');
  expect(ofSuccess.length).toBeGreaterThan(60);
  const bad = ofSuccess.map(([where, , { schema, example }]) => [where, complaint(schema, example)]);
  expect(bad.filter(([, why]) => why !== null)).toEqual([]);
});

test('named schemas have one, that of problems included', () => {
  const bad = Object.entries(components.schemas).map(([name, schema]) => [
    name,
    complaint(schema, schema.examples?.[0]),
  ]);
  expect(bad.filter(([, why]) => why !== null)).toEqual([]);
  const ofProblems = media.filter(([, type]) => type === 'application/problem+json');
  for (const [where, , { schema }] of ofProblems)
    expect(schema, where).toEqual({ $ref: 'openapi#/components/schemas/Problem' });
});

test('what refusals of a show carry is documented', () => {
  const example = components.schemas['Problem']!.examples![0] as object;
  const problem = { $ref: 'openapi#/components/schemas/Problem' };
  const bad = Object.entries(refusals).map(([name, { members }]) => [
    name,
    complaint(problem, { ...example, ...members }),
  ]);
  expect(bad.length).toBeGreaterThan(50);
  expect(bad.filter(([, why]) => why !== null)).toEqual([]);
});
