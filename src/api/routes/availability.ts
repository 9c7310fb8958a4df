// The seat map of a show: as ready bytes, as a long poll, as it was, and as a stream of changes. What everybody looks
// at all the time, so nothing is made per request.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { LiveBody } from '../../live/bodies.ts';
import { Fault } from '../../ports/fault.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import {
  CACHE_FOREVER,
  CACHE_PRIVATE,
  matches,
  notModified,
  publicCache,
  sendBytes,
} from '../answer/etag.ts';
import { SCOPE_BITS } from '../request/key-ring.ts';
import { awaitPosition, wantsPosition } from '../answer/position.ts';
import { defineRoute } from '../route.ts';
import { answers } from '../schemas/browsing.ts';
import { moment, noQuery, revision, wait } from '../schemas/queries.ts';
import { NO_STORE, SECURITY_HEADERS } from '../answer/security-headers.ts';

const SHOW = { showId: 'ShowNotFound' } as const;
const EVENT_STREAM = 'text/event-stream; charset=utf-8';
/** How long a revoked key may go on following a draft. */
const KEY_CHECK_MS = 1_000;
const tag = 'Browse';

const availabilityQuery = z
  .strictObject({
    after: revision.optional().meta({ description: 'The revision you have; 304 where it is the last one.' }),
    wait: wait.optional().meta({
      description:
        'Seconds to wait, at most 30, for another revision than that of `after` or `If-None-Match`; without both it is answered at once.',
    }),
    asOf: moment.optional(),
  })
  .refine((query) => query.asOf === undefined || (query.after === undefined && query.wait === undefined), {
    error: 'The past does not change: leave out `after` and `wait`.',
    path: ['asOf'],
  });

export function availabilityRoutes(app: FastifyInstance, api: ApiDependencies): void {
  getAvailabilityRoute(app, api);
  streamAvailabilityRoute(app, api);
}

function getAvailabilityRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/shows/:showId/availability',
    operationId: 'getAvailability',
    tag,
    scopes: [],
    summary: 'The seat map: two bits a seat, and counts',
    ids: SHOW,
    query: availabilityQuery,
    takesPosition: true,
    answers: {
      200: answers.availability,
      304: null,
    },
    handler: (request, reply) => {
      const atHand = isPlain(request) ? api.live.availabilityAtHand(request.params.showId) : undefined;
      if (atHand === undefined)
        return sendAvailability(api, request, reply, request.params.showId, request.query);
      return sendBytes(request, reply, visible(request, atHand), publicCache(request));
    },
  });
}

function streamAvailabilityRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/shows/:showId/availability/stream',
    operationId: 'streamAvailability',
    tag,
    scopes: [],
    summary: 'The seat map and its changes as server-sent events',
    description:
      'First `snapshot` (the body of the map), then `delta` events `{ revision, changes: [[seatIndex, state], …], areas }`. The `id` is the revision; `Last-Event-ID` resumes.',
    ids: SHOW,
    query: noQuery,
    answers: { 200: 'text/event-stream' },
    async handler(request, reply) {
      const { showId } = request.params;
      visible(request, await api.live.availability(showId));
      if (request.method === 'HEAD') {
        openStream(reply).end();
        return reply;
      }
      const answer = await api.stream.listen(showId, lastEventId(request), () => openStream(reply));
      if (answer === 'listening') {
        void endWithKey(api, request, reply);
        return reply;
      }
      if (answer === 'noSuchShow') throw showNotFound();
      if (answer === 'ended') throw new Fault('ShuttingDown', 'This server is shutting down.');
      throw new Fault('Overloaded', 'Too many listen already; try again, or poll.', { retryAfterS: 10 });
    },
  });
}

/** Asks for the map as it is, now. */
const isPlain = (request: FastifyRequest): boolean => !wantsPosition(request) && !request.url.includes('?');

async function sendAvailability(
  api: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  showId: string,
  { after, wait: waitS, asOf }: z.output<typeof availabilityQuery>,
): Promise<void> {
  const { live, polls } = api;
  await awaitPosition(request, reply, live);
  if (asOf !== undefined)
    return sendPast(
      request,
      reply,
      visible(
        request,
        await live.availabilityAsOf(showId, asOf),
        'There is no show with this id, or there was none then.',
      ),
      'revision' in asOf ? asOf.revision : null,
    );
  let map = visible(request, await live.availability(showId));
  const hasIt = waitS !== undefined && matches(request.headers['if-none-match'], map.etag);
  const seen = after ?? (hasIt ? map.revision : undefined);
  if (seen === undefined) return sendBytes(request, reply, map, publicCache(request));
  if (map.revision <= seen) {
    // Who does not want to wait takes no place among those who do.
    if (!waitS || !(await live.waitForChange(showId, seen, waitS * 1000, polls.signalFor(reply))))
      return notModified(request, reply, map);
    map = visible(request, await live.availability(showId));
  }
  return sendBytes(request, reply, map, CACHE_PRIVATE);
}

/** What is there for this reader: drafts are for organisers only. */
export function visible<T extends { readonly published: boolean }>(
  request: FastifyRequest,
  read: T | null,
  otherwise?: string,
): T {
  if (read === null || !(read.published || seesDrafts(request))) throw showNotFound(otherwise);
  return read;
}

export const seesDrafts = ({ principal }: FastifyRequest): boolean =>
  principal !== null && (principal.scopes & SCOPE_BITS.organize) !== 0;

const showNotFound = (detail = 'There is no such show.'): ApiProblem =>
  new ApiProblem('ShowNotFound', detail);

/** The map after a revision that is past never changes; at a time or at the end it might. */
function sendPast(request: FastifyRequest, reply: FastifyReply, map: LiveBody, asked: number | null): void {
  const settled = map.published && asked === map.revision && request.headers.authorization === undefined;
  return sendBytes(request, reply, map, settled ? CACHE_FOREVER : CACHE_PRIVATE);
}

/** The revision that a reader who comes back has; null: none, or one that means nothing here. */
function lastEventId(request: FastifyRequest): number | null {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

/** Ends the stream of a draft once its key is revoked; what is published is for everybody. */
async function endWithKey(
  { clock, keys, live }: ApiDependencies,
  request: FastifyRequest<{ Params: { showId: string } }>,
  reply: FastifyReply,
): Promise<void> {
  const { authorization } = request.headers;
  // Who has hung up before now emits no 'close' any more.
  if (authorization === undefined || reply.raw.destroyed) return;
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const looked = async (): Promise<'public' | 'allowed' | 'revoked'> => {
    if ((await live.availability(request.params.showId))?.published) return 'public';
    return (keys.recall(authorization) ?? (await keys.lookUp(authorization))) ? 'allowed' : 'revoked';
  };
  while (!gone.signal.aborted) {
    // Nobody is sent away because the database is.
    const found = await looked().catch(() => 'allowed');
    if (found === 'public') return;
    if (found === 'revoked') return void reply.raw.end();
    await clock.sleep(KEY_CHECK_MS, gone.signal);
  }
}

function openStream(reply: FastifyReply) {
  reply.hijack();
  const headers = {
    ...SECURITY_HEADERS,
    ...reply.getHeaders(),
    'content-type': EVENT_STREAM,
    'cache-control': NO_STORE,
    'x-accel-buffering': 'no',
  };
  reply.raw.writeHead(200, headers as Record<string, string>);
  reply.raw.flushHeaders();
  // A stream lives longer than any time-out of a request.
  reply.raw.setTimeout(0);
  reply.raw.socket?.setNoDelay(true);
  return reply.raw;
}
