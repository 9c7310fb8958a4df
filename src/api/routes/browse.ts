// Searching and looking: places, events, the pages of events and shows. Open to everybody, from the views.
import type { FastifyInstance } from 'fastify';
import { event, eventShows } from '../../queries/catalogue.ts';
import { locationEvents, locations } from '../../queries/locations.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import { publicCache, sendBytes, sendRead } from '../answer/etag.ts';
import { sendPage } from '../answer/page.ts';
import { awaitPosition } from '../answer/position.ts';
import { defineRoute } from '../route.ts';
import { answers, eventsQuery, locationsQuery } from '../schemas/browsing.ts';
import { noQuery, pageQuery, priceAsked } from '../schemas/queries.ts';
import { seesDrafts, visible } from './availability.ts';

const tag = 'Browse';

/** What is on "from now" is asked to the minute, so that the same question has the same answer and ETag for a while. */
const thisMinute = (clock: { now(): number }): number => Math.floor(clock.now() / 60_000) * 60_000;

export function browseRoutes(app: FastifyInstance, api: ApiDependencies): void {
  listLocationsRoute(app, api);
  listLocationEventsRoute(app, api);
  searchEventsRoute(app, api);
  getEventRoute(app, api);
  listEventShowsRoute(app, api);
  getShowRoute(app, api);
}

function listLocationsRoute(app: FastifyInstance, { clock, reads }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/locations',
    operationId: 'listLocations',
    tag,
    scopes: [],
    summary: 'Cities and places that have events',
    ids: {},
    query: locationsQuery,
    takesPosition: true,
    answers: {
      200: answers.locations,
      304: null,
    },
    async handler(request, reply) {
      return sendPage(
        request,
        reply,
        await reads.ask(request, reply, locations, {
          nowMs: thisMinute(clock),
          ...request.query,
        }),
        publicCache(request),
      );
    },
  });
}

function listLocationEventsRoute(app: FastifyInstance, { clock, reads }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/locations/:locationId/events',
    operationId: 'listLocationEvents',
    tag,
    scopes: [],
    summary: 'The events of a city or place',
    ids: { locationId: 'LocationNotFound' },
    query: pageQuery,
    takesPosition: true,
    answers: {
      200: answers.eventsFound,
      304: null,
    },
    async handler(request, reply) {
      const page = await reads.ask(request, reply, locationEvents, {
        id: request.params.locationId,
        nowMs: thisMinute(clock),
        ...request.query,
      });
      return sendPage(request, reply, page, publicCache(request));
    },
  });
}

function searchEventsRoute(app: FastifyInstance, { clock, reads }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/events',
    operationId: 'searchEvents',
    tag,
    scopes: [],
    summary: 'Search events by words, place, time and kind',
    ids: {},
    query: eventsQuery,
    takesPosition: true,
    answers: {
      200: answers.eventsSearched,
      304: null,
    },
    async handler(request, reply) {
      const { tag: tags, priceMin, priceMax, currency, ...query } = request.query;
      const price = priceAsked({ priceMin, priceMax, currency });
      return sendPage(
        request,
        reply,
        await reads.search(request, reply, { nowMs: thisMinute(clock), ...query, tags, price }),
        publicCache(request),
      );
    },
  });
}

function getEventRoute(app: FastifyInstance, { reads }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/events/:eventId',
    operationId: 'getEvent',
    tag,
    scopes: [],
    summary: 'The page of an event',
    ids: { eventId: 'EventNotFound' },
    query: noQuery,
    takesPosition: true,
    answers: {
      200: answers.event,
      304: null,
    },
    async handler(request, reply) {
      const includeDrafts = seesDrafts(request);
      const found = await reads.ask(request, reply, event, { id: request.params.eventId, includeDrafts });
      if (found === null) throw eventNotFound();
      return sendRead(request, reply, { event: found }, publicCache(request));
    },
  });
}

function listEventShowsRoute(app: FastifyInstance, { clock, reads }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/events/:eventId/shows',
    operationId: 'listEventShows',
    tag,
    scopes: [],
    summary: 'The shows of an event in order of time',
    ids: { eventId: 'EventNotFound' },
    query: pageQuery,
    takesPosition: true,
    answers: {
      200: answers.shows,
      304: null,
    },
    async handler(request, reply) {
      const { eventId } = request.params;
      const includeDrafts = seesDrafts(request);
      const [found, page] = await Promise.all([
        reads.ask(request, reply, event, { id: eventId, includeDrafts }),
        reads.ask(request, reply, eventShows, {
          eventId,
          nowMs: clock.now(),
          includeDrafts,
          ...request.query,
        }),
      ]);
      if (found === null) throw eventNotFound();
      return sendPage(request, reply, page, publicCache(request));
    },
  });
}

function getShowRoute(app: FastifyInstance, { live }: ApiDependencies): void {
  defineRoute(app, {
    method: 'GET',
    url: '/v1/shows/:showId',
    operationId: 'getShow',
    tag,
    scopes: [],
    summary: 'The page of a show, with counts',
    ids: { showId: 'ShowNotFound' },
    query: noQuery,
    takesPosition: true,
    answers: {
      200: answers.show,
      304: null,
    },
    async handler(request, reply) {
      await awaitPosition(request, reply, live);
      return sendBytes(
        request,
        reply,
        visible(request, await live.page(request.params.showId)),
        publicCache(request),
      );
    },
  });
}

const eventNotFound = (): ApiProblem => new ApiProblem('EventNotFound', 'There is no event with this id.');
