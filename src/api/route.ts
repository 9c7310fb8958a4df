// How a route is declared: what it takes, who may call it, what it answers. From that one declaration come Fastify's
// route, its checks and its page in the OpenAPI document, so that they cannot differ.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isUuid } from '../domain/uuid.ts';
import type { Scope } from '../ports/api-key-store.ts';
import { PROBLEMS } from './errors.ts';
import type { ProblemCode } from './errors.ts';
import { exampleProblems } from './openapi-problems.ts';
import type { Refusing } from './openapi-problems.ts';
import { scopeBits } from './request/guard.ts';
import type { Guard } from './request/guard.ts';
import type { HttpMetrics } from './request/http-metrics.ts';
import { timed } from './request/http-metrics.ts';
import { IDEMPOTENCY_KEY } from './request/idempotency.ts';
import { quickChecks } from './validation.ts';
import { text } from './schemas/basics.ts';
import { problem } from './schemas/problem.ts';

type Output<T> = T extends z.ZodType ? z.output<T> : unknown;

export interface RouteSpec<Ids extends string, Query extends z.ZodType, Body extends z.ZodType | undefined> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** Any one of them is enough; empty: everybody, also without a key. */
  readonly scopes: readonly Scope[];
  readonly idempotency?: 'required' | 'honoured';
  /** The kind of its command for the show in its path, which is sent away at the entrance while too many wait. */
  readonly sheds?: string;
  /** Path parameters, and what is not found when one is no id. */
  readonly ids: Readonly<Record<Ids, ProblemCode>>;
  /** UUIDs unless said. */
  readonly idFormat?: 'uuid' | 'text';
  readonly query: Query;
  readonly body?: Body;
  /** A body of another type than JSON. */
  readonly bodyType?: string;
  readonly bodyLimit?: number;
  /** Status -> what is answered; a string names another media type than JSON, null is no body. */
  readonly answers: Readonly<Record<number, z.ZodType | string | null>>;
  /** Refusals beside those that every route like this may answer. */
  readonly refusals?: readonly ProblemCode[];
  readonly takesPosition?: boolean;
  readonly handler: (
    request: FastifyRequest<{
      Params: Record<Ids, string>;
      Querystring: z.output<Query>;
      Body: Output<Body>;
    }>,
    reply: FastifyReply,
  ) => unknown;
}

/** What a route is, but for what it does. */
type AnyRoute = Omit<RouteSpec<string, z.ZodType, z.ZodType | undefined>, 'handler'>;

/** Ids are compared in lower case (RFC 9562 §4). */
const uuid = z.guid().toLowerCase();
const textId = text();
const API_KEY: Readonly<Record<string, readonly string[]>> = { apiKey: [] };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Status -> what is answered. Kept from Fastify, which would look a serialiser up in it for each answer. */
    answers?: Readonly<Record<string, unknown>>;
  }
  interface FastifyInstance {
    readonly guard: Guard;
    readonly httpMetrics: HttpMetrics;
  }
}

export function defineRoute<
  Ids extends string,
  Query extends z.ZodType,
  Body extends z.ZodType | undefined = undefined,
>(app: FastifyInstance, spec: RouteSpec<Ids, Query, Body>): void {
  const ids = Object.keys(spec.ids) as Ids[];
  const schema = {
    operationId: spec.operationId,
    summary: spec.summary,
    ...(spec.description !== undefined && { description: spec.description }),
    tags: [spec.tag],
    security: spec.scopes.length === 0 ? [{}, API_KEY] : [API_KEY],
    ...(ids.length > 0 && { params: paramsSchema(ids, spec.idFormat) }),
    querystring: spec.query,
    ...(spec.body !== undefined && { body: spec.body }),
    ...(spec.bodyType !== undefined && { consumes: [spec.bodyType] }),
    ...headerSchema(spec),
  };
  const rules = { scopes: scopeBits(spec.scopes), idempotency: spec.idempotency, sheds: spec.sheds };
  app.route({
    method: spec.method,
    url: spec.url,
    schema,
    ...(spec.bodyLimit !== undefined && { bodyLimit: spec.bodyLimit }),
    config: {
      unknownIds: spec.ids,
      keyed: spec.idempotency !== undefined,
      answers: { ...succeeded(spec.answers), ...problems(spec) },
    },
    ...timed(app.httpMetrics, spec.method, spec.url, app.guard(rules)),
    handler: spec.handler as never,
  });
}

/** Routes that take the same share one schema: making one takes as long as answering many requests. */
const shared = new Map<string, z.ZodType>();

function sharedSchema(key: string, make: () => z.ZodType): z.ZodType {
  let schema = shared.get(key);
  if (schema === undefined) shared.set(key, (schema = make()));
  return schema;
}

const paramsSchema = (ids: readonly string[], format: 'uuid' | 'text' = 'uuid'): z.ZodType =>
  sharedSchema(`params ${format} ${ids.join()}`, () => makeParams(ids, format));

function makeParams(ids: readonly string[], format: 'uuid' | 'text'): z.ZodType {
  const schema = z.object(Object.fromEntries(ids.map((id) => [id, format === 'text' ? textId : uuid])));
  if (format === 'uuid')
    quickChecks.set(schema, (params) =>
      ids.every((id) => isUuid((params as Record<string, string>)[id] as string)),
    );
  return schema;
}

function headerSchema(spec: AnyRoute): { headers?: z.ZodType } {
  const { idempotency = 'none', method, takesPosition = false } = spec;
  if (idempotency === 'none' && method !== 'PATCH' && !takesPosition) return {};
  const taken = `headers ${idempotency} ${method === 'PATCH'} ${takesPosition}`;
  return { headers: sharedSchema(taken, () => makeHeaders(spec)) };
}

function makeHeaders(spec: AnyRoute): z.ZodType {
  const headers: Record<string, z.ZodType> = {};
  const key = z
    .string()
    .regex(IDEMPOTENCY_KEY)
    .meta({ description: 'Your own id for this request; the same one when you repeat it.' });
  if (spec.idempotency === 'required') headers['Idempotency-Key'] = key;
  if (spec.idempotency === 'honoured') headers['Idempotency-Key'] = key.optional();
  if (spec.method === 'PATCH')
    headers['If-Match'] = z
      .string()
      .optional()
      .meta({ description: 'The version you saw, in quotes, such as `"3"`.' });
  if (spec.takesPosition) {
    headers['X-Min-Position'] = z
      .string()
      .optional()
      .meta({ description: 'Read no older than this position.' });
    headers['Prefer'] = z
      .string()
      .optional()
      .meta({ description: 'How long to wait for it.', examples: ['wait=2'] });
  }
  return z.object(headers);
}

/** As the OpenAPI document wants it. */
export function succeeded(
  answers: Readonly<Record<number, z.ZodType | string | null>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const description = status === '304' ? 'Nothing has changed.' : 'Done.';
      if (answer === null) return [status, z.null().meta({ description })];
      const content =
        typeof answer === 'string'
          ? { [answer]: { schema: z.string() } }
          : { 'application/json': { schema: answer } };
      return [status, { description, content }];
    }),
  );
}

/** The refusals of a route by status: its own and those that come with what it takes. */
function problems(spec: AnyRoute): Record<string, unknown> {
  const codes = new Set<ProblemCode>([
    ...(spec.refusals ?? []),
    ...Object.values<ProblemCode>(spec.ids),
    'InvalidRequest',
    'Unauthenticated',
    'RateLimited',
    'Overloaded',
    'Unavailable',
    'InternalError',
  ]);
  if (spec.scopes.length > 0) codes.add('Forbidden');
  if (spec.idempotency === 'required') codes.add('IdempotencyKeyRequired');
  if (spec.idempotency !== undefined) codes.add('IdempotencyKeyReused');
  if (spec.body !== undefined || spec.bodyType !== undefined)
    codes.add('PayloadTooLarge').add('UnsupportedMediaType');
  if (spec.method === 'PATCH') codes.add('PreconditionFailed');
  return refused([...codes], spec);
}

/** Refusals by status, as the OpenAPI document wants them. */
export function refused(codes: readonly ProblemCode[], route: Refusing): Record<string, unknown> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes)
    byStatus.set(PROBLEMS[code][0], [...(byStatus.get(PROBLEMS[code][0]) ?? []), code]);
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      {
        description: names.map((name) => `\`${name}\``).join(', '),
        content: {
          'application/problem+json': { schema: problem, examples: exampleProblems(names, route) },
        },
      },
    ]),
  );
}
