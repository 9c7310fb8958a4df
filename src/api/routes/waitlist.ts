// The line of a show: joining, looking, waiting for a change, leaving; moving and removing by organisers.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { offerHoldIdOf } from '../../commands/command-id.ts';
import type { ShowCommand } from '../../domain/show/commands.ts';
import type { ShowState } from '../../domain/show/show.ts';
import { noEntry } from '../../domain/show/waitlist.ts';
import { entryChangedAt, entryView } from '../../domain/show/views.ts';
import { entryAnswer } from '../answer/resources.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import { jsonRead, notModified, sendBytes } from '../answer/etag.ts';
import type { Principal } from '../request/key-ring.ts';
import { sendOutcome } from '../answer/outcome.ts';
import { exactPosition, positionText } from '../answer/position.ts';
import { defineRoute } from '../route.ts';
import { answers, joinBody, moveBody, reasonBody } from '../schemas/booking.ts';
import { noQuery, revision, wait } from '../schemas/queries.ts';
import { z } from 'zod';
import { mine, there } from './holds.ts';

const SHOW = { showId: 'ShowNotFound' } as const;
const ENTRY = { ...SHOW, entryId: 'EntryNotFound' } as const;
const tag = 'Book';
const entryQuery = z.strictObject({
  wait: wait.optional().meta({
    description:
      'Seconds to wait, at most 30, for a change of this entry since `after`; 304 where none came.',
  }),
  after: revision
    .optional()
    .meta({ description: 'The revision of the answer you have; with `wait`, that of now by default.' }),
});

export function waitlistRoutes(app: FastifyInstance, api: ApiDependencies): void {
  joinWaitlistRoute(app, api);
  getEntryRoute(app, api);
  leaveWaitlistRoute(app, api);
  moveEntryRoute(app, api);
  removeEntryRoute(app, api);
}

function joinWaitlistRoute(
  app: FastifyInstance,
  { pipeline, showAggregate: show, contexts }: ApiDependencies,
): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/shows/:showId/waitlist',
    operationId: 'joinWaitlist',
    tag,
    scopes: ['book'],
    idempotency: 'required',
    sheds: 'JoinWaitlist',
    summary: 'Join the line of a category',
    ids: SHOW,
    query: noQuery,
    body: joinBody,
    answers: { 201: answers.entryDone },
    refusals: [
      'SeatsUnavailable',
      'SeatsAvailable',
      'AlreadyWaiting',
      'UnknownCategory',
      'TicketLimitExceeded',
      'CoolingDown',
      'SalesNotOpen',
      'SalesClosed',
      'SalesPaused',
      'ShowCancelled',
    ],
    async handler(request, reply) {
      const { showId } = request.params;
      const context = contexts.of(request, { customerId: request.body.customerId });
      const entryId = context.commandId;
      const { clientId } = request.principal as Principal;
      const command: ShowCommand = {
        kind: 'JoinWaitlist',
        entryId,
        offerHoldId: offerHoldIdOf(entryId),
        clientId,
        ...request.body,
      };
      const outcome = await pipeline.execute(show, showId, command, context, (state, nowMs) =>
        entryOf(state, showId, entryId, nowMs),
      );
      return sendOutcome(request, reply, outcome, 201, (entry) => ({ entry }));
    },
  });
}

function getEntryRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/shows/:showId/waitlist/:entryId',
    operationId: 'getEntry',
    tag,
    scopes: ['book', 'organize'],
    summary: 'An entry as it stands now, or as soon as it changes',
    ids: ENTRY,
    query: entryQuery,
    takesPosition: true,
    answers: {
      200: answers.entry,
      304: null,
    },
    handler: (request, reply) => getEntry(api, request, reply, request.params, request.query),
  });
}

function leaveWaitlistRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    method: 'DELETE',
    url: '/v1/shows/:showId/waitlist/:entryId',
    operationId: 'leaveWaitlist',
    tag,
    scopes: ['book', 'organize'],
    summary: 'Leave the line; with a live offer, decline it',
    ids: ENTRY,
    query: noQuery,
    answers: { 200: answers.entryDone },
    handler: (request, reply) =>
      change(api, request, reply, request.params, {
        kind: 'LeaveWaitlist',
        entryId: request.params.entryId,
        caller: (request.principal as Principal).caller,
      }),
  });
}

function moveEntryRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/shows/:showId/waitlist/:entryId/move',
    operationId: 'moveEntry',
    tag: 'Manage',
    scopes: ['organize'],
    idempotency: 'honoured',
    summary: 'Move an entry in its line, with a reason',
    ids: ENTRY,
    query: noQuery,
    body: moveBody,
    answers: { 200: answers.entryDone },
    refusals: ['ShowCancelled'],
    handler: (request, reply) =>
      change(api, request, reply, request.params, {
        kind: 'MoveEntry',
        entryId: request.params.entryId,
        ...request.body,
      }),
  });
}

function removeEntryRoute(app: FastifyInstance, api: ApiDependencies): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/shows/:showId/waitlist/:entryId/remove',
    operationId: 'removeEntry',
    tag: 'Manage',
    scopes: ['organize'],
    idempotency: 'honoured',
    summary: 'Remove an entry from its line, with a reason',
    ids: ENTRY,
    query: noQuery,
    body: reasonBody,
    answers: { 200: answers.entryDone },
    refusals: ['ShowCancelled'],
    handler: (request, reply) =>
      change(api, request, reply, request.params, {
        kind: 'RemoveEntry',
        entryId: request.params.entryId,
        ...request.body,
      }),
  });
}

interface Ids {
  readonly showId: string;
  readonly entryId: string;
}

async function change(
  api: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { showId, entryId }: Ids,
  command: ShowCommand,
): Promise<void> {
  const outcome = await api.pipeline.execute(
    api.showAggregate,
    showId,
    command,
    api.contexts.of(request),
    (state, nowMs) => entryOf(state, showId, entryId, nowMs),
  );
  return sendOutcome(request, reply, outcome, 200, (entry) => ({ entry }));
}

async function getEntry(
  api: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  ids: Ids,
  query: z.output<typeof entryQuery>,
): Promise<void> {
  const at = (position: number) => reply.header('x-position', positionText(position));
  let seen = await look(api, request, reply, ids);
  const { after = query.wait === undefined ? undefined : seen.revision } = query;
  if (after !== undefined && seen.changedAt <= after) {
    // Who does not want to wait takes no place among those who do.
    const changed =
      query.wait &&
      (await api.live.waitForEntryChange(
        ids.showId,
        ids.entryId,
        after,
        query.wait * 1000,
        api.polls.signalFor(reply),
      ));
    if (!changed) return notModified(request, at(seen.position), seen.read);
    seen = await look(api, request, reply, ids);
  }
  return sendBytes(request, at(seen.position), seen.read);
}

async function look(
  { pipeline, showAggregate, log }: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { showId, entryId }: Ids,
) {
  const lookAt = (state: ShowState, nowMs: number) => {
    const view = mine(request, state, entryView(state, entryId, nowMs), noEntry(entryId));
    return view instanceof ApiProblem
      ? view
      : { entry: entryAnswer(showId, view), changedAt: entryChangedAt(state, entryId, nowMs) };
  };
  const read = () => pipeline.read(showAggregate, showId, lookAt);
  const { value, revision, position } = await exactPosition(request, reply, log, read);
  if (value instanceof ApiProblem) throw value;
  const { entry, changedAt } = value;
  return { read: jsonRead({ entry, revision }), changedAt, revision, position };
}

const entryOf = (state: ShowState, showId: string, entryId: string, nowMs: number) =>
  entryAnswer(showId, there(entryView(state, entryId, nowMs)));
