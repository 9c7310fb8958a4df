// The recorded events for analysts: the whole log after a position, or one stream from a revision on, as NDJSON.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RecordedEvent } from '../../domain/event.ts';
import { ndjson } from '../answer/cloud-event.ts';
import type { EventFilter, EventLog } from '../../ports/event-log.ts';
import { PAGE_CHARACTERS_MAX } from '../../ports/page-length.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { CACHE_PRIVATE, sendBytes, textRead } from '../answer/etag.ts';
import { awaitLog, positionText, wantsPosition } from '../answer/position.ts';
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
      'Go on with `after` = the `position` of the last line; an empty answer is the end for now. A page of long events ends before ' +
      '`limit`, after some 8 MB; its `X-Position` is that of its last line. To wait there for the next event, send ' +
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
      const { text, cutAt } = await linesOf(pagesAfter(api.log, after, limit, only));
      // Who goes on from X-Position would miss what the page had no room for.
      if (cutAt !== null && wantsPosition(request)) reply.header('x-position', positionText(cutAt));
      return sendLines(request, reply, text);
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
      'Streams are named `show-<id>`, `event-<id>`, `venue-<id>` and `seating-plan-<id>`; one that is not there has no events. Go on with ' +
      '`from` one above the `revision` of the last line; an empty answer is the end for now, for a page of long events ends before `limit`.',
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
      const { text } = await linesOf(api.log.readStream(request.params.streamId, from, limit));
      return sendLines(request, reply, text);
    },
  });
}

/** Of the log after a position; the pages of a log may be short though more follows. */
async function* pagesAfter(log: EventLog, after: number, limit: number, only: EventFilter) {
  for (let [from, left] = [after, limit]; left > 0;) {
    const page = await log.readAll(from, left, { ...only, fewerIfLong: true });
    if (page.length === 0) return;
    yield page;
    left -= page.length;
    from = page.at(-1)!.position;
  }
}

interface Lines {
  readonly text: string;
  /** Of the last line, where the page ends early because it is long. */
  readonly cutAt: number | null;
}

async function linesOf(pages: AsyncIterable<RecordedEvent[]>): Promise<Lines> {
  let text = '';
  for await (const page of pages)
    for (const event of page) {
      text += ndjson([event]);
      if (text.length >= PAGE_CHARACTERS_MAX) return { text, cutAt: event.position };
    }
  return { text, cutAt: null };
}

function sendLines(request: FastifyRequest, reply: FastifyReply, text: string): void {
  return sendBytes(request, reply, textRead(text), CACHE_PRIVATE, NDJSON);
}
