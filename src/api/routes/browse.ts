// Searching and looking: places, events, the pages of events and shows. Open to everybody, from the views.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { event, eventShows } from '../../queries/catalogue.ts';
import { locationEvents, locations } from '../../queries/locations.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ApiProblem } from '../errors.ts';
import { jsonRead, publicCache, sendBytes, type Read } from '../answer/etag.ts';
import { pageRead, type Page } from '../answer/page.ts';
import { awaitPosition } from '../answer/position.ts';
import { defineRoute } from '../route.ts';
import { answers, eventsQuery, locationsQuery } from '../schemas/browsing.ts';
import { noQuery, pageQuery, priceAsked } from '../schemas/queries.ts';
import { seesDrafts, visible } from './availability.ts';

const get = { method: 'GET', tag: 'Browse', scopes: [], takesPosition: true } as const;

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
    ...get,
    url: '/v1/locations',
    operationId: 'listLocations',
    summary: 'Cities and places that have events',
    ids: {},
    query: locationsQuery,
    answers: {
      200: answers.locations,
      304: null,
    },
    async handler(request, reply) {
      const asked = { nowMs: thisMinute(clock), ...request.query };
      return sendPublic(request, reply, await reads.page(request, reply, locations, asked, asPage(request)));
    },
  });
}

function listLocationEventsRoute(app: FastifyInstance, { clock, reads }: ApiDependencies): void {
  defineRoute(app, {
    ...get,
    url: '/v1/locations/:locationId/events',
    operationId: 'listLocationEvents',
    summary: 'The events of a city or place',
    ids: { locationId: 'LocationNotFound' },
    query: pageQuery,
    answers: {
      200: answers.eventsFound,
      304: null,
    },
    async handler(request, reply) {
      const asked = { id: request.params.locationId, nowMs: thisMinute(clock), ...request.query };
      const read = await reads.page(request, reply, locationEvents, asked, asPage(request));
      return sendPublic(request, reply, read);
    },
  });
}

function searchEventsRoute(app: FastifyInstance, { clock, reads }: ApiDependencies): void {
  defineRoute(app, {
    ...get,
    url: '/v1/events',
    operationId: 'searchEvents',
    summary: 'Search events by words, place, time and kind',
    ids: {},
    query: eventsQuery,
    answers: {
      200: answers.eventsSearched,
      304: null,
    },
    async handler(request, reply) {
      const { tag: tags, priceMin, priceMax, currency, ...query } = request.query;
      const price = priceAsked({ priceMin, priceMax, currency });
      const search = { nowMs: thisMinute(clock), ...query, tags, price };
      return sendPublic(request, reply, await reads.search(request, reply, search, asPage(request)));
    },
  });
}

function getEventRoute(app: FastifyInstance, { reads }: ApiDependencies): void {
  defineRoute(app, {
    ...get,
    url: '/v1/events/:eventId',
    operationId: 'getEvent',
    summary: 'The page of an event',
    ids: { eventId: 'EventNotFound' },
    query: noQuery,
    answers: {
      200: answers.event,
      304: null,
    },
    async handler(request, reply) {
      const asked = { id: request.params.eventId, includeDrafts: seesDrafts(request) };
      const read = await reads.page(request, reply, event, asked, (found) =>
        jsonRead({ event: orNotFound(found) }),
      );
      return sendPublic(request, reply, read);
    },
  });
}

function listEventShowsRoute(app: FastifyInstance, { clock, reads }: ApiDependencies): void {
  defineRoute(app, {
    ...get,
    url: '/v1/events/:eventId/shows',
    operationId: 'listEventShows',
    summary: 'The shows of an event in order of time',
    ids: { eventId: 'EventNotFound' },
    query: pageQuery,
    answers: {
      200: answers.shows,
      304: null,
    },
    async handler(request, reply) {
      const { eventId } = request.params;
      const asked = { eventId, nowMs: clock.now(), includeDrafts: seesDrafts(request), ...request.query };
      const read = await reads.page(request, reply, eventShows, asked, (page) =>
        pageRead(request.url, orNotFound(page)),
      );
      return sendPublic(request, reply, read);
    },
  });
}

function getShowRoute(app: FastifyInstance, { live }: ApiDependencies): void {
  defineRoute(app, {
    ...get,
    url: '/v1/shows/:showId',
    operationId: 'getShow',
    summary: 'The page of a show, with counts',
    ids: { showId: 'ShowNotFound' },
    query: noQuery,
    answers: {
      200: answers.show,
      304: null,
    },
    async handler(request, reply) {
      await awaitPosition(request, reply, live);
      return sendPublic(request, reply, visible(request, await live.page(request.params.showId)));
    },
  });
}

const asPage =
  ({ url }: FastifyRequest) =>
  (page: Page): Read =>
    pageRead(url, page);

const sendPublic = (request: FastifyRequest, reply: FastifyReply, read: Read): void =>
  sendBytes(request, reply, read, publicCache(request));

function orNotFound<T>(found: T | null): T {
  if (found === null) throw new ApiProblem('EventNotFound', 'There is no such event.');
  return found;
}
