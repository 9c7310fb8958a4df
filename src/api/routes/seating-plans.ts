// Seating plans: drawn once for a venue, then the same for ever.
import type { FastifyInstance } from 'fastify';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import { CACHE_FOREVER, sendBytes } from '../answer/etag.ts';
import { sendOutcome } from '../answer/outcome.ts';
import { defineRoute } from '../route.ts';
import { SeatingPlanBodies } from '../answer/seating-plan-bodies.ts';
import { answers } from '../schemas/browsing.ts';
import { noQuery } from '../schemas/queries.ts';
import { seatingPlanBody } from '../schemas/seating-plan.ts';

const BODY_LIMIT = 64 * 1024 * 1024;

export function seatingPlanRoutes(app: FastifyInstance, api: ApiDependencies): void {
  getSeatingPlanRoute(app, api);
  drawSeatingPlanRoute(app, api);
}

function getSeatingPlanRoute(app: FastifyInstance, { plans }: ApiDependencies): void {
  const bodies = new SeatingPlanBodies();

  defineRoute(app, {
    method: 'GET',
    url: '/v1/seating-plans/:seatingPlanId',
    operationId: 'getSeatingPlan',
    tag: 'Browse',
    scopes: [],
    summary: 'A seating plan in plan order; it never changes',
    ids: { seatingPlanId: 'SeatingPlanNotFound' },
    query: noQuery,
    answers: {
      200: answers.seatingPlan,
      304: null,
    },
    async handler(request, reply) {
      const plan = await plans.load(request.params.seatingPlanId);
      if (plan === undefined) throw new ApiProblem('SeatingPlanNotFound', 'There is no such seating plan.');
      return sendBytes(
        request,
        reply,
        {
          body: bodies.of(plan),
          etag: `"${plan.id}"`,
        },
        CACHE_FOREVER,
      );
    },
  });
}

function drawSeatingPlanRoute(app: FastifyInstance, { catalogue, contexts }: ApiDependencies): void {
  defineRoute(app, {
    method: 'POST',
    url: '/v1/venues/:venueId/seating-plans',
    operationId: 'drawSeatingPlan',
    tag: 'Manage',
    scopes: ['organize'],
    idempotency: 'honoured',
    summary: 'Draw a seating plan, from the JSON of the pretix editor, areas, or both',
    ids: { venueId: 'VenueNotFound' },
    query: noQuery,
    body: seatingPlanBody,
    bodyLimit: BODY_LIMIT,
    answers: { 201: answers.seatingPlanMade },
    refusals: ['DuplicateSeatId', 'InvalidSeatingPlan'],
    async handler(request, reply) {
      const outcome = await catalogue.drawSeatingPlan(
        request.params.venueId,
        request.body,
        contexts.of(request),
      );
      return sendOutcome(request, reply, outcome, 201, (seatingPlan) => ({ seatingPlan }));
    },
  });
}
