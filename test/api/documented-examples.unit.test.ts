// Every body, every success and every named schema of docs/openapi.json has an example that its schema allows, and what refusals
// carry is in it.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { closed } from '../attack/open-api.ts';

interface Problem {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
}
interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}
interface Operation {
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, Media> }
  >;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, { readonly examples?: unknown[] }>;
    readonly examples: Record<string, { readonly value: Problem }>;
  };
}

const file = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
const refusals = JSON.parse(
  readFileSync(new URL('../domain/show/refusals.json', import.meta.url), 'utf8'),
) as Record<string, { readonly code: string; readonly detail: string; readonly members?: object }>;
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

const problems = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, { responses }]) =>
    Object.entries(responses).flatMap(([status, { description, content }]) => {
      const examples = content?.['application/problem+json']?.examples;
      if (examples === undefined) return [];
      const resolved = Object.entries(examples).map(([code, { $ref }]) => [
        code,
        components.examples[$ref.slice($ref.lastIndexOf('/') + 1)]!,
      ]);
      const where = `${method} ${path}, ${status}`;
      return [
        { where, status, description, examples: Object.fromEntries(resolved) as typeof components.examples },
      ];
    }),
  ),
);

test('each problem that an operation may answer with has one there, of its own code and status', () => {
  expect(problems.length).toBeGreaterThan(250);
  for (const { where, status, description, examples } of problems) {
    const codes = [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code);
    expect(Object.keys(examples), where).toEqual(codes);
    for (const [code, { value }] of Object.entries(examples)) {
      expect([value.code, String(value.status)], where).toEqual([code, status]);
      expect(complaint({ $ref: 'openapi#/components/schemas/Problem' }, value), `${where} ${code}`).toBe(
        null,
      );
    }
  }
  const bare = media.filter(([, type, { examples }]) => type === 'application/problem+json' && !examples);
  // No payment is asked for yet.
  expect(bare.map(([where]) => where)).toEqual(['post /v1/shows/{showId}/holds/{holdId}/confirm, 402']);
});

/** Without what differs from one show to the next: times, ids, numbers and names of seats. */
const outline = (detail: string): string =>
  detail
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/(hold|booking|entry) [\w-]+ of yours/g, '$1 <id> of yours')
    .replaceAll(/\b[A-Z]-\d+|, floor|\b\d+\b/g, (found) => (found === ', floor' ? '' : '<some>'));

test('what a show refuses is told in its own words', () => {
  const said = new Set(Object.values(refusals).map(({ code, detail }) => `${code}: ${outline(detail)}`));
  const ofShows = new Set(Object.values(refusals).map(({ code }) => code));
  const told = problems
    .flatMap(({ examples }) => Object.values(examples))
    .filter(({ value: { code } }) => ofShows.has(code) && code !== 'InvalidRequest')
    .map(({ value: { code, detail } }) => `${code}: ${outline(detail)}`);
  expect(new Set(told).size).toBeGreaterThan(20);
  for (const one of told) expect(said).toContain(one);
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
