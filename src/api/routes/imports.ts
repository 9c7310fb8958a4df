// Imports of outside feeds over HTTP. The only route that takes XML: in a context of its own, so that all others refuse it.
import { hash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { given } from '../../domain/edit.ts';
import type { ImportResult } from '../../ports/import-store.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import { sendRead } from '../answer/etag.ts';
import { positionText } from '../answer/position.ts';
import { sendRejection } from '../answer/problem.ts';
import { codedBody } from '../request/json-body.ts';
import { defineRoute } from '../route.ts';
import { answers, importQuery } from '../schemas/operating.ts';
import { noQuery } from '../schemas/queries.ts';
import { NO_STORE } from '../answer/security-headers.ts';

const BODY_LIMIT = 32 * 1024 * 1024;
const XML = 'application/xml';

export function importRoutes(app: FastifyInstance, api: ApiDependencies): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    [XML, 'text/xml'],
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    (request, body, done) => done(codedBody(request), body),
  );
  importFeedRoute(app, api);
  getImportRoute(app, api);
}

function importFeedRoute(app: FastifyInstance, { imports, contexts }: ApiDependencies): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/imports',
    operationId: 'importFeed',
    tag: 'Manage',
    scopes: ['organize'],
    idempotency: 'honoured',
    summary: 'Import a feed of a provider',
    ids: {},
    query: importQuery,
    bodyType: XML,
    bodyLimit: BODY_LIMIT,
    answers: { 200: answers.importDone },
    refusals: ['InvalidFeed'],
    async handler(request, reply) {
      const { source, ...options } = request.query;
      if (!Buffer.isBuffer(request.body))
        throw new ApiProblem(
          'UnsupportedMediaType',
          'Send the feed as application/xml, with that Content-Type.',
        );
      const context = contexts.of(request, {
        body: {
          source,
          ...options,
          feed: hash('sha256', request.body),
        },
      });
      const outcome = await imports.importFeed(source, given(options), request.body, context);
      if (!outcome.ok) return sendRejection(request, reply, outcome.rejection);
      if (outcome.replayed) reply.header('idempotent-replayed', 'true');
      return reply.header('cache-control', NO_STORE).send({
        import: importAnswer(outcome.value),
        position: positionText(outcome.value.position),
      });
    },
  });
}

function getImportRoute(app: FastifyInstance, { imports }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/imports/:importId',
    operationId: 'getImport',
    tag: 'Manage',
    scopes: ['organize'],
    summary: 'What an import has done',
    ids: { importId: 'ImportNotFound' },
    query: noQuery,
    answers: {
      200: answers.imported,
      304: null,
    },
    async handler(request, reply) {
      const result = await imports.find(request.params.importId);
      if (result === null) throw new ApiProblem('ImportNotFound', 'There is no import with this id.');
      return sendRead(request, reply, { import: importAnswer(result) });
    },
  });
}

const importAnswer = ({ id, source, created, updated, unchanged, rejected }: ImportResult) => ({
  id,
  source,
  created,
  updated,
  unchanged,
  rejected,
});
