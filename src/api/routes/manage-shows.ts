// What organisers do to a show, and what they see of it: edits, blocks, pauses, cancellation; holds, bookings, the line.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { halfWay } from '../../commands/half-way.ts';
import type { ShowCommand } from '../../domain/show/commands.ts';
import type { ShowState } from '../../domain/show/show.ts';
import { showView } from '../../domain/show/views.ts';
import type { Page, Query } from '../../queries/query.ts';
import { showBookings, showHolds, showWaitlist } from '../../queries/show-lists.ts';
import type { ShowList } from '../../queries/show-lists.ts';
import { showAnswer } from '../answer/resources.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import type { ProblemCode } from '../errors.ts';
import { ifVersionOf } from '../request/if-match.ts';
import { sendOutcome } from '../answer/outcome.ts';
import { sendPage } from '../answer/page.ts';
import { sayPosition } from '../answer/position.ts';
import { defineRoute } from '../route.ts';
import { answers as bookingAnswers, reasonBody } from '../schemas/booking.ts';
import { answers, BLOCK_BODY_LIMIT, blockBody, showPatch } from '../schemas/managing.ts';
import { noQuery, pageQuery } from '../schemas/queries.ts';

const SHOW = { showId: 'ShowNotFound' } as const;
const tag = 'Manage';
const common = { tag, scopes: ['organize'], ids: SHOW } as const;
const post = {
  ...common,
  method: 'POST',
  idempotency: 'honoured',
  query: noQuery,
  answers: { 200: answers.showDone },
} as const;

export function manageShowRoutes(app: FastifyInstance, api: ApiDependencies): void {
  editShowRoute(app, api);
  for (const [verb, kind, summary, refusals] of BLOCKING)
    blockRoute(app, api, { verb, kind, summary, refusals });
  for (const [verb, kind, operationId, summary, refusals] of SELLING)
    sellingRoute(app, api, { verb, kind, operationId, summary, refusals });
  listRoutes(app, api);
}

const BLOCKING = [
  ['block', 'BlockSeats', 'Block seats and places, all of them or none', ['SeatsUnavailable']],
  ['unblock', 'UnblockSeats', 'Unblock seats and places', []],
] as const;
const SELLING = [
  ['pause', 'PauseSales', 'pauseSales', 'Pause sales', ['ShowCancelled']],
  ['resume', 'ResumeSales', 'resumeSales', 'Resume sales; the line is served at once', ['ShowCancelled']],
  ['cancel', 'CancelShow', 'cancelShow', 'Cancel a show: everything is released', []],
] as const;

interface Verb<Kind> {
  readonly verb: string;
  readonly kind: Kind;
  readonly summary: string;
  readonly refusals: readonly ProblemCode[];
}

function editShowRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    ...common,
    method: 'PATCH',
    url: '/v1/shows/:showId',
    operationId: 'editShow',
    query: noQuery,
    summary: 'Change times, rules, prices or capacities of a show',
    body: showPatch,
    answers: { 200: answers.showDone },
    refusals: ['ShowCancelled', 'UnknownCategory', 'UnknownArea', 'CapacityBelowTaken'],
    handler: (request, reply) => {
      const { reason = null, ...changes } = request.body;
      const ifVersion = ifVersionOf(request);
      return carryOut(api, request, reply, { kind: 'EditShow', ...changes, reason, ifVersion });
    },
  });
}

function blockRoute(
  app: FastifyInstance,
  api: ApiDependencies,
  { verb, kind, summary, refusals }: Verb<'BlockSeats' | 'UnblockSeats'>,
): void {
  defineRoute(app, {
    ...post,
    url: `/v1/shows/:showId/${verb}`,
    operationId: `${verb}Seats`,
    summary,
    body: blockBody,
    bodyLimit: BLOCK_BODY_LIMIT,
    refusals: [...refusals, 'UnknownSeat', 'UnknownArea', 'ShowCancelled'],
    handler: (request, reply) => {
      const { seats = [], areas = [], reason } = request.body;
      return carryOut(api, request, reply, { kind, seats, areas, reason });
    },
  });
}

function sellingRoute(
  app: FastifyInstance,
  api: ApiDependencies,
  {
    verb,
    kind,
    operationId,
    summary,
    refusals,
  }: Verb<'PauseSales' | 'ResumeSales' | 'CancelShow'> & { operationId: string },
): void {
  defineRoute(app, {
    ...post,
    url: `/v1/shows/:showId/${verb}`,
    operationId,
    summary,
    body: reasonBody,
    refusals,
    handler: (request, reply) => carryOut(api, request, reply, { kind, reason: request.body.reason }),
  });
}

function listRoutes(app: FastifyInstance, api: ApiDependencies): void {
  const get = { ...common, method: 'GET', query: pageQuery, takesPosition: true } as const;

  defineRoute(app, {
    ...get,
    url: '/v1/shows/:showId/holds',
    operationId: 'listHolds',
    summary: 'The holds of a show',
    answers: {
      200: bookingAnswers.holds,
      304: null,
    },
    handler: (request, reply) =>
      sendList(api, request, reply, showHolds, {
        showId: request.params.showId,
        ...request.query,
      }),
  });
  defineRoute(app, {
    ...get,
    url: '/v1/shows/:showId/bookings',
    operationId: 'listBookings',
    summary: 'The bookings of a show',
    answers: {
      200: bookingAnswers.bookings,
      304: null,
    },
    handler: (request, reply) =>
      sendList(api, request, reply, showBookings, {
        showId: request.params.showId,
        ...request.query,
      }),
  });
  defineRoute(app, {
    ...get,
    url: '/v1/shows/:showId/waitlist',
    operationId: 'listEntries',
    summary: 'The line of a show, then those who have left it',
    answers: {
      200: bookingAnswers.entries,
      304: null,
    },
    handler: (request, reply) =>
      sendList(api, request, reply, showWaitlist, {
        showId: request.params.showId,
        ...request.query,
      }),
  });
}

async function carryOut(
  api: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  command: ShowCommand,
): Promise<void> {
  const { showId } = request.params as { showId: string };
  const outcome = await api.pipeline.execute(
    api.showAggregate,
    showId,
    command,
    api.contexts.of(request),
    showView,
  );
  const venue = outcome.ok ? await api.venueOf(outcome.value.venueId).catch(halfWay) : null;
  return sendOutcome(request, reply, outcome, 200, (view) => ({
    show: showAnswer(showId, view, venue?.venue ?? null),
  }));
}

async function sendList<T>(
  api: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  query: Query<ShowList, Page<T>>,
  params: Omit<ShowList, 'nowMs'>,
): Promise<void> {
  const look = ({ exists }: ShowState, nowMs: number) => ({ exists, nowMs });
  // For a show that is not there; a list says in its place how far its view is.
  await sayPosition(request, reply, api.log);
  const { value, position } = await api.pipeline.read(api.showAggregate, params.showId, look);
  if (!value.exists) throw new ApiProblem('ShowNotFound', 'There is no such show.');
  // What is over by then is on record; what ends from here on is not. A view that is older may not know of a confirmation,
  // and is not judged by the clock.
  const nowMs = (await api.reads.reaches(query, position)) ? value.nowMs : 0;
  return sendPage(request, reply, await api.reads.ask(request, reply, query, { ...params, nowMs }));
}
