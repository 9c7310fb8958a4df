// The recorded events for analysts: the whole log after a position, or one stream from a revision on, as NDJSON.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RecordedEvent } from '../../domain/event.ts';
import { ndjson } from '../answer/cloud-event.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { CACHE_PRIVATE, sendBytes, textRead } from '../answer/etag.ts';
import { awaitLog } from '../answer/position.ts';
import { defineRoute } from '../route.ts';
import { logQuery, streamQuery } from '../schemas/operating.ts';

const NDJSON = 'application/x-ndjson';
const tag = 'Replay';

export function logRoutes(app: FastifyInstance, api: ApiDependencies): void {
  readLogRoute(app, api);
  readStreamRoute(app, api);
}

function readLogRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/log',
    operationId: 'readLog',
    tag,
    scopes: ['analyze'],
    summary: 'All events after a position, in order, as CloudEvents',
    description:
      'Go on with `after` = the `position` of the last line; an empty answer is the end for now. To wait there for the next event, send ' +
      '`X-Min-Position` one above that position, and `Prefer: wait=10`. What each event says, and how to judge them: docs/events.md.',
    ids: {},
    query: logQuery,
    takesPosition: true,
    answers: {
      200: NDJSON,
      304: null,
    },
    async handler(request, reply) {
      const { after = 0, limit, types, streams } = request.query;
      const only = { ...(types && { types }), ...(streams && { streams }) };
      await awaitLog(request, reply, api);
      return sendEvents(request, reply, await api.log.readAll(after, limit, only));
    },
  });
}

function readStreamRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/streams/:streamId',
    operationId: 'readStream',
    tag,
    scopes: ['analyze'],
    summary: 'The events of one stream from a revision on, as CloudEvents',
    description:
      'Streams are named `show-<id>`, `event-<id>`, `venue-<id>` and `seating-plan-<id>`; one that is not there has no events.',
    ids: { streamId: 'RouteNotFound' },
    idFormat: 'text',
    query: streamQuery,
    takesPosition: true,
    answers: {
      200: NDJSON,
      304: null,
    },
    async handler(request, reply) {
      const { from = 0, limit } = request.query;
      await awaitLog(request, reply, api);
      return sendEvents(
        request,
        reply,
        await firstOf(api.log.readStream(request.params.streamId, from, limit), limit),
      );
    },
  });
}

async function firstOf(pages: AsyncIterable<RecordedEvent[]>, limit: number): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of pages) {
    events.push(...page);
    if (events.length >= limit) break;
  }
  return events.slice(0, limit);
}

function sendEvents(request: FastifyRequest, reply: FastifyReply, events: readonly RecordedEvent[]): void {
  return sendBytes(request, reply, textRead(ndjson(events)), CACHE_PRIVATE, NDJSON);
}
