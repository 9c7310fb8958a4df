// How a request is checked against its zod schemas, and how what zod finds becomes `errors` with sentences.
import type { FastifyRequest, FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { ApiProblem } from './errors.ts';
import type { InputError, ProblemCode } from './errors.ts';

type Part = 'body' | 'querystring' | 'params';
type Issue = z.core.$ZodIssue;
const ERRORS_MAX = 20;

/** A request that does not fit its schema. */
export class InputInvalid extends Error {
  readonly part: Part;
  readonly errors: readonly InputError[];
  readonly issues: readonly Issue[];
  readonly statusCode = 400;

  /** `data`: what was checked. */
  constructor(part: Part, issues: readonly Issue[], data: unknown) {
    super('The request does not fit its schema.');
    this.part = part;
    this.issues = issues;
    this.errors = issues
      .flatMap((issue) => inputErrors(issue, { part, data }))
      .filter(saysMost)
      .slice(0, ERRORS_MAX);
  }
}

/** Checks that are quicker than their schema where they say yes: for ids, and for the body that nearly everybody sends. */
export const quickChecks = new WeakMap<z.ZodType, (data: unknown) => boolean>();

/** For Fastify's `setValidatorCompiler`. Headers are only documented by their schema; the hooks read them. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  if (httpPart === 'headers') return () => true;
  const part = httpPart as Part;
  const quick = quickChecks.get(schema);
  // Most queries are empty, and what a schema makes of one is always the same.
  const ofNothing = part === 'querystring' ? schema.safeParse({}) : undefined;
  const defaults = ofNothing?.success ? Object.freeze(ofNothing.data) : undefined;
  return (data: unknown) => {
    if (defaults !== undefined && Object.keys(data as object).length === 0) return { value: defaults };
    if (quick?.(data)) return { value: data };
    // Fastify says null for a body that is not there.
    const result = schema.safeParse(part === 'body' && data === null ? undefined : data);
    if (result.success) return { value: result.data };
    return { error: new InputInvalid(part, result.error.issues, data) };
  };
};

/** A path parameter that cannot be an id is an unknown id: 404 with the code of what it would have named. */
export function pathProblem(error: InputInvalid, request: FastifyRequest): ApiProblem {
  const codes: Readonly<Record<string, ProblemCode>> = request.routeOptions.config.unknownIds ?? {};
  const name = String(error.issues[0]?.path[0] ?? '');
  const code = codes[name] ?? 'RouteNotFound';
  return new ApiProblem(code, 'Nothing has this id; ids are UUIDs as earlier answers gave them.');
}

interface Checked {
  readonly part: Part;
  readonly data: unknown;
}

function inputErrors(issue: Issue, checked: Checked): InputError[] {
  const { part, data } = checked;
  const base = part === 'querystring' ? '/query' : '';
  if (issue.code === 'unrecognized_keys') {
    const what = part === 'querystring' ? 'query parameter' : 'field';
    return issue.keys.map((key) => ({
      pointer: pointer(base, [...issue.path, key]),
      code: 'unknown',
      message: `There is no such ${what} here; leave it out or mend its name.`,
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors[0] !== undefined) {
    return issue.errors[0]
      .slice(0, 1)
      .flatMap((inner) => inputErrors({ ...inner, path: [...issue.path, ...inner.path] }, checked));
  }
  const at = pointer(base, issue.path);
  if (issue.code === 'invalid_type') {
    const given = valueAt(data, issue.path);
    if (given === undefined)
      return [{ pointer: at, code: 'missing', message: `Is missing; give ${kind(issue.expected)}.` }];
    if (part === 'querystring' && Array.isArray(given))
      return [{ pointer: at, code: 'wrongType', message: 'Is given more than once; give it once.' }];
  }
  return [{ pointer: at, code: codeOf(issue), message: sentence(issue) }];
}

/** A number beyond what is whole in a double is also beyond its own bound, which comes after: that one is told. */
function saysMost({ pointer: at, code }: InputError, index: number, all: readonly InputError[]): boolean {
  if (code !== 'tooBig' && code !== 'tooSmall') return true;
  const next = all[index + 1];
  return next?.pointer !== at || next.code !== code;
}

const pointer = (base: string, path: readonly PropertyKey[]): string =>
  base + path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

function codeOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'wrongType';
    case 'too_small':
      return 'tooSmall';
    case 'too_big':
      return 'tooBig';
    case 'invalid_value':
      return 'notOneOf';
    case 'invalid_format':
      return 'wrongFormat';
    case 'custom':
      return typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'invalid';
    default:
      return 'invalid';
  }
}

/** How zod begins what no schema has a sentence of its own for. */
const ZODS_OWN = /^Invalid input/;

function sentence(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return ZODS_OWN.test(issue.message) ? `Give ${kind(issue.expected)}.` : issue.message;
    case 'too_small':
    case 'too_big':
      return size(issue);
    case 'invalid_value':
      return `Give one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`;
    default:
      return issue.message.endsWith('.') ? issue.message : `${issue.message}.`;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const kind = (expected: string): string => KINDS[expected] ?? expected;

function size(issue: Issue & { code: 'too_small' | 'too_big' }): string {
  const [bound, words] =
    issue.code === 'too_small' ? [issue.minimum, 'at least'] : [issue.maximum, 'at most'];
  const exactly =
    issue.inclusive === false ? (issue.code === 'too_small' ? 'more than' : 'less than') : words;
  const unit = issue.origin === 'string' ? ' character' : issue.origin === 'array' ? ' element' : '';
  return `Give ${exactly} ${bound}${unit && bound !== 1 ? `${unit}s` : unit}.`;
}
