// Venues, as organisers keep them.
import type { FastifyInstance } from 'fastify';
import { venue as venueQuery } from '../../queries/venue.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import { publicCache, sendRead } from '../answer/etag.ts';
import { ifVersionOf } from '../request/if-match.ts';
import { sendOutcome } from '../answer/outcome.ts';
import { defineRoute } from '../route.ts';
import { answers, venueBody, venuePatch } from '../schemas/managing.ts';
import { noQuery } from '../schemas/queries.ts';

export function venueRoutes(app: FastifyInstance, api: ApiDependencies): void {
  createVenueRoute(app, api);
  getVenueRoute(app, api);
  editVenueRoute(app, api);
}

function createVenueRoute(app: FastifyInstance, { catalogue, contexts }: ApiDependencies): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/venues',
    operationId: 'createVenue',
    tag: 'Manage',
    scopes: ['organize'],
    idempotency: 'honoured',
    summary: 'Make a venue',
    ids: {},
    query: noQuery,
    body: venueBody,
    answers: { 201: answers.venueDone },
    async handler(request, reply) {
      return sendOutcome(
        request,
        reply,
        await catalogue.createVenue(request.body, contexts.of(request)),
        201,
        (venue) => ({ venue }),
      );
    },
  });
}

function getVenueRoute(app: FastifyInstance, { reads }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/venues/:venueId',
    operationId: 'getVenue',
    tag: 'Browse',
    scopes: [],
    summary: 'A venue, with the version that an edit needs',
    ids: { venueId: 'VenueNotFound' },
    query: noQuery,
    takesPosition: true,
    answers: {
      200: answers.venue,
      304: null,
    },
    async handler(request, reply) {
      const venue = await reads.ask(request, reply, venueQuery, request.params.venueId);
      if (venue === null) throw new ApiProblem('VenueNotFound', 'There is no such venue.');
      return sendRead(request, reply, { venue }, publicCache(request));
    },
  });
}

function editVenueRoute(app: FastifyInstance, { catalogue, contexts }: ApiDependencies): void {
  defineRoute(app, {
    method: 'PATCH',
    url: '/v1/venues/:venueId',
    operationId: 'editVenue',
    tag: 'Manage',
    scopes: ['organize'],
    summary: 'Change fields of a venue',
    ids: { venueId: 'VenueNotFound' },
    query: noQuery,
    body: venuePatch,
    answers: { 200: answers.venueDone },
    async handler(request, reply) {
      const edit = {
        changes: request.body,
        ifVersion: ifVersionOf(request),
      };
      const outcome = await catalogue.editVenue(request.params.venueId, edit, contexts.of(request));
      return sendOutcome(request, reply, outcome, 200, (venue) => ({ venue }));
    },
  });
}
