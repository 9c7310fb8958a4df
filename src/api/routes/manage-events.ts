// Events as organisers make, announce and cancel them, and the scheduling of their shows.
import type { FastifyInstance } from 'fastify';
import { showAnswer } from '../answer/resources.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ifVersionOf } from '../request/if-match.ts';
import { sendOutcome } from '../answer/outcome.ts';
import { defineRoute } from '../route.ts';
import { reasonBody } from '../schemas/booking.ts';
import { answers, emptyBody, eventBody, eventPatch, showBody } from '../schemas/managing.ts';
import { noQuery } from '../schemas/queries.ts';

const EVENT = { eventId: 'EventNotFound' } as const;
const tag = 'Manage';

const command = {
  method: 'POST',
  tag,
  scopes: ['organize'],
  idempotency: 'honoured',
  query: noQuery,
} as const;

export function manageEventRoutes(app: FastifyInstance, api: ApiDependencies): void {
  createEventRoute(app, api);
  editEventRoute(app, api);
  scheduleShowRoute(app, api);
  publishEventRoute(app, api);
  cancelEventRoute(app, api);
}

function createEventRoute(app: FastifyInstance, { catalogue, contexts }: ApiDependencies): void {
  defineRoute(app, {
    ...command,
    url: '/v1/events',
    operationId: 'createEvent',
    summary: 'Make an event, as a draft',
    ids: {},
    body: eventBody,
    answers: { 201: answers.eventDone },
    async handler(request, reply) {
      return sendOutcome(
        request,
        reply,
        await catalogue.createEvent(request.body, contexts.of(request)),
        201,
        (event) => ({ event }),
      );
    },
  });
}

function editEventRoute(app: FastifyInstance, { catalogue, contexts }: ApiDependencies): void {
  defineRoute(app, {
    ...command,
    method: 'PATCH',
    idempotency: undefined,
    url: '/v1/events/:eventId',
    operationId: 'editEvent',
    summary: 'Change fields of an event',
    ids: EVENT,
    body: eventPatch,
    answers: { 200: answers.eventDone },
    refusals: ['EventCancelled'],
    async handler(request, reply) {
      const edit = {
        changes: request.body,
        ifVersion: ifVersionOf(request),
      };
      const outcome = await catalogue.editEvent(request.params.eventId, edit, contexts.of(request));
      return sendOutcome(request, reply, outcome, 200, (event) => ({ event }));
    },
  });
}

function scheduleShowRoute(app: FastifyInstance, { catalogue, contexts }: ApiDependencies): void {
  defineRoute(app, {
    ...command,
    url: '/v1/events/:eventId/shows',
    operationId: 'scheduleShow',
    summary: 'Add a show to an event',
    ids: EVENT,
    body: showBody,
    answers: { 201: answers.showDone },
    refusals: ['EventCancelled', 'VenueNotFound', 'SeatingPlanNotFound', 'UnknownCategory'],
    async handler(request, reply) {
      const outcome = await catalogue.scheduleShow(
        request.params.eventId,
        request.body,
        contexts.of(request),
      );
      return sendOutcome(
        request,
        reply,
        outcome,
        201,
        ({ id, venue: { version: _version, ...venue }, ...view }) => ({
          show: showAnswer(id, view, venue),
        }),
      );
    },
  });
}

function publishEventRoute(app: FastifyInstance, { catalogue, contexts }: ApiDependencies): void {
  defineRoute(app, {
    ...command,
    url: '/v1/events/:eventId/publish',
    operationId: 'publishEvent',
    summary: 'Put an event and its shows on public view',
    ids: EVENT,
    body: emptyBody.optional(),
    answers: { 200: answers.eventDone },
    refusals: ['EventCancelled'],
    async handler(request, reply) {
      return sendOutcome(
        request,
        reply,
        await catalogue.publishEvent(request.params.eventId, contexts.of(request)),
        200,
        (event) => ({ event }),
      );
    },
  });
}

function cancelEventRoute(app: FastifyInstance, { catalogue, contexts }: ApiDependencies): void {
  defineRoute(app, {
    ...command,
    url: '/v1/events/:eventId/cancel',
    operationId: 'cancelEvent',
    summary: 'Cancel an event and all of its shows',
    ids: EVENT,
    body: reasonBody,
    answers: { 200: answers.eventDone },
    async handler(request, reply) {
      const outcome = await catalogue.cancelEvent(
        request.params.eventId,
        request.body.reason,
        contexts.of(request),
      );
      return sendOutcome(request, reply, outcome, 200, (event) => ({ event }));
    },
  });
}
