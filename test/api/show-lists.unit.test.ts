// The lists that organisers see of a show tell of no end that is not on record (docs/decisions/0002).
import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import type { ApiDependencies } from '../../src/api/dependencies.ts';
import { Reads } from '../../src/api/answer/reads.ts';
import { manageShowRoutes } from '../../src/api/routes/manage-shows.ts';
import { showAggregate } from '../../src/domain/show/show.ts';
import { showHolds, type ShowList } from '../../src/queries/show-lists.ts';
import { accepted, CatalogueHouse, context } from '../commands/support/catalogue-house.ts';
import { START } from '../commands/support/house.ts';

type Handler = (request: unknown, reply: unknown) => Promise<unknown>;

/** Until when holds and offers were taken to have lapsed, in each list that was asked for. */
async function judgedAt(viewIsThere: boolean): Promise<number[]> {
  const house = new CatalogueHouse();
  const eventId = await house.event();
  accepted(await house.catalogue.publishEvent(eventId, context()));
  const showId = await house.show(eventId);
  const moments: number[] = [];
  const api = {
    pipeline: house.pipeline,
    clock: house.clock,
    showAggregate: showAggregate(house.plans),
    reads: {
      reaches: async () => viewIsThere,
      ask: async (_request: unknown, _reply: unknown, _query: unknown, { nowMs }: ShowList) => {
        moments.push(nowMs);
        throw new Error('asked');
      },
    },
  };
  const routes = new Map<string, Handler>();
  const app = {
    guard: () => async () => {},
    httpMetrics: { routeTimer: () => ({}) },
    route: ({ method, url, handler }: { method: string; url: string; handler: Handler }) =>
      routes.set(`${method} ${url}`, handler),
  };
  manageShowRoutes(app as unknown as FastifyInstance, api as unknown as ApiDependencies);
  for (const list of ['holds', 'waitlist']) {
    house.log.beforeAppend = async () => void (house.clock.nowMs += 1_000);
    const request = { headers: {}, params: { showId }, query: {} };
    const asking = routes.get(`GET /v1/shows/:showId/${list}`)!(request, null);
    await expect(asking).rejects.toThrow('asked');
  }
  return moments;
}

test('a list is judged by the moment up to which lapses were recorded for it, however long that took', async () => {
  expect(await judgedAt(true)).toEqual([START, START + 1_000]);
});

test('a list of a view that has not got so far is not judged by the clock: a hold may be confirmed', async () => {
  expect(await judgedAt(false)).toEqual([0, 0]);
});

test('whether a view has got so far is told as any outage where the database that knows is away', async () => {
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const positions = { positionOf: () => 0, waitFor: () => Promise.reject(away) };
  const reads = new Reads({} as never, positions, { steady: () => 0 });
  await expect(reads.reaches(showHolds, 1)).rejects.toMatchObject({ code: 'DatabaseUnavailable' });
});
