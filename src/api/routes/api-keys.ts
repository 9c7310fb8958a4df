// API keys: made, listed, revoked. The secret is in the one answer that makes it and nowhere else.
import type { FastifyInstance } from 'fastify';
import { keyReused } from '../../domain/rejection.ts';
import type { ApiKey } from '../../ports/api-key-store.ts';
import { pageOf, readCursor, writeCursor } from '../../queries/cursor.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem, invalid } from '../errors.ts';
import { sendPage } from '../answer/page.ts';
import { sendRejection } from '../answer/problem.ts';
import { problemOf } from '../answer/reads.ts';
import { defineRoute } from '../route.ts';
import { answers, apiKeyBody } from '../schemas/operating.ts';
import { noQuery, pageQuery } from '../schemas/queries.ts';
import { NO_STORE } from '../answer/security-headers.ts';

const tag = 'Keys';

export function apiKeyRoutes(app: FastifyInstance, api: ApiDependencies): void {
  createApiKeyRoute(app, api);
  listApiKeysRoute(app, api);
  revokeApiKeyRoute(app, api);
}

function createApiKeyRoute(app: FastifyInstance, api: ApiDependencies): void {
  const { apiKeys, contexts } = api;
  defineRoute(app, {
    method: 'POST',
    url: '/v1/api-keys',
    operationId: 'createApiKey',
    tag,
    scopes: ['admin'],
    idempotency: 'honoured',
    summary: 'Make an API key; its secret is shown this once',
    ids: {},
    query: noQuery,
    body: apiKeyBody,
    answers: { 201: answers.apiKeyMade },
    async handler(request, reply) {
      const { commandId, requestHash } = contexts.of(request);
      const made = await apiKeys.create({
        id: commandId,
        requestHash,
        ...request.body,
      });
      reply.code(201).header('cache-control', NO_STORE);
      switch (made.kind) {
        case 'created':
          return {
            apiKey: made.apiKey,
            secret: made.secret,
          };
        case 'replayed':
          reply.header('idempotent-replayed', 'true');
          return { apiKey: made.apiKey };
        case 'keyReused':
          return sendRejection(request, reply, keyReused());
        case 'unknownClient':
          throw invalid(
            '/clientId',
            'unknown',
            'No key has this clientId; give that of a key that there is, or leave it out.',
          );
        default:
          return made satisfies never;
      }
    },
  });
}

function listApiKeysRoute(app: FastifyInstance, api: ApiDependencies): void {
  const { apiKeys, keys } = api;
  defineRoute(app, {
    method: 'GET',
    url: '/v1/api-keys',
    operationId: 'listApiKeys',
    tag,
    scopes: ['admin'],
    summary: 'All API keys, revoked ones too, the oldest first',
    ids: {},
    query: pageQuery,
    answers: {
      200: answers.apiKeys,
      304: null,
    },
    async handler(request, reply) {
      const { limit, cursor } = request.query;
      const found = await apiKeys.list(limit + 1, placeOf(cursor));
      const shape = (key: ApiKey) => ({ ...key, lastUsedAt: laterOf(key.lastUsedAt, keys.lastUse(key.id)) });
      return sendPage(request, reply, pageOf(found, limit, shape, cursorAt));
    },
  });
}

function revokeApiKeyRoute(app: FastifyInstance, api: ApiDependencies): void {
  const { apiKeys, keys } = api;
  defineRoute(app, {
    method: 'DELETE',
    url: '/v1/api-keys/:keyId',
    operationId: 'revokeApiKey',
    tag,
    scopes: ['admin'],
    summary: 'Revoke an API key at once; holds and bookings made with it stay',
    ids: { keyId: 'ApiKeyNotFound' },
    query: noQuery,
    answers: { 200: answers.apiKey },
    async handler(request, reply) {
      const apiKey = await apiKeys.revoke(request.params.keyId);
      if (apiKey === null) throw new ApiProblem('ApiKeyNotFound', 'There is no API key with this id.');
      keys.forget(apiKey.id);
      reply.header('cache-control', NO_STORE);
      return { apiKey };
    },
  });
}

const QUESTION = 'api-keys';

const cursorAt = ({ createdAt, id }: ApiKey): string => writeCursor(QUESTION, [createdAt, id]);

/** Where a page begins. */
function placeOf(cursor: string | undefined): { createdAt: string; id: string } | null {
  try {
    const key = readCursor(cursor, QUESTION, ['time', 'uuid']);
    return key && { createdAt: String(key[0]), id: String(key[1]) };
  } catch (error) {
    throw problemOf(error);
  }
}

function laterOf(written: string | null, usedMs: number | undefined): string | null {
  if (usedMs === undefined) return written;
  const used = new Date(usedMs).toISOString();
  return written === null || used > written ? used : written;
}
