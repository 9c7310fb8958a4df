// Questions to the read models: first the wait for the position that a request asks for, then the query; and what can go
// wrong with either, as problems.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventFound, Facets, SearchIndex } from '../../ports/search-index.ts';
import { followerOf, postgresSearch, type ViewPositions } from '../../queries/search/postgres-search.ts';
import type { Page, Query, ReadModels } from '../../queries/query.ts';
import type { SteadyClock } from '../../ports/clock.ts';
import { InvalidCursor } from '../../queries/cursor.ts';
import { LocationNotFound } from '../../queries/locations.ts';
import { Fault } from '../../ports/fault.ts';
import { isOutage } from '../../ports/outage.ts';
import { ApiProblem, invalid } from '../errors.ts';
import { searchEvents, searchWithFacets, type EventSearch } from '../../queries/search/search-events.ts';
import type { Read } from './etag.ts';
import { awaitPosition, type Follower } from './position.ts';
import { SharedReads } from './shared-reads.ts';

/** Views are a tenth of a second late, and seconds only while very much is sold. */
const SHORT_WAIT_MS = 500;

export type EventsFound = Page<EventFound> & { readonly facets?: Facets };

/** Of an answer, its bytes. */
type ToRead<R> = (answer: R) => Read;

export class Reads {
  readonly #db: ReadModels;
  readonly #positions: ViewPositions;
  readonly #index: SearchIndex;
  readonly #shared: SharedReads;

  /** Searches in the read models unless another index is given. */
  constructor(
    db: ReadModels,
    positions: ViewPositions,
    clock: Pick<SteadyClock, 'steady'>,
    index: SearchIndex = postgresSearch(db, positions),
  ) {
    this.#shared = new SharedReads(clock);
    this.#db = db;
    this.#positions = positions;
    this.#index = index;
  }

  /** The answer to a query, as new as the request wants it. */
  ask<P, R>(request: FastifyRequest, reply: FastifyReply, query: Query<P, R>, params: P): Promise<R> {
    const view = followerOf(this.#positions, query.restsOn);
    return answered(request, reply, view, () => query.run(this.#db, params));
  }

  /**
   * The same for a public page: who asks for the same URL meanwhile gets the same bytes. So `params` may hold nothing of who
   * asks but whether drafts are seen.
   */
  page<P, R>(
    request: FastifyRequest,
    reply: FastifyReply,
    query: Query<P, R>,
    params: P & { readonly includeDrafts?: boolean },
    toRead: ToRead<R>,
  ): Promise<Read> {
    const view = followerOf(this.#positions, query.restsOn);
    return answered(request, reply, view, () =>
      this.#shared.of(`${view.position()} ${params.includeDrafts ?? false} ${request.url}`, async () =>
        toRead(await query.run(this.#db, params)),
      ),
    );
  }

  /** The same for a search. */
  search(
    request: FastifyRequest,
    reply: FastifyReply,
    { facets, ...search }: EventSearch & { readonly facets: boolean },
    toRead: ToRead<EventsFound>,
  ): Promise<Read> {
    const index = this.#index;
    return answered(request, reply, index, () =>
      this.#shared.of(`${index.position()} ${request.url}`, async () =>
        toRead(await (facets ? searchWithFacets(index, search) : searchEvents(index, search))),
      ),
    );
  }

  /** Whether what a query rests on has come to a position, be it after a short wait. */
  async reaches<P, R>({ restsOn }: Query<P, R>, position: number): Promise<boolean> {
    const view = followerOf(this.#positions, restsOn);
    try {
      await view.waitFor(position, SHORT_WAIT_MS);
    } catch (error) {
      throw problemOf(error);
    }
    return view.position() >= position;
  }
}

async function answered<R>(
  request: FastifyRequest,
  reply: FastifyReply,
  view: Follower,
  ask: () => Promise<R>,
): Promise<R> {
  try {
    await awaitPosition(request, reply, view);
    return await ask();
  } catch (error) {
    throw problemOf(error);
  }
}

/** What went wrong with a question, as its answer. */
export function problemOf(error: unknown): unknown {
  if (error instanceof InvalidCursor)
    return invalid(
      '/query/cursor',
      'wrongFormat',
      'Give `nextCursor` of the page before, with the same parameters, or none.',
    );
  if (error instanceof LocationNotFound)
    return new ApiProblem(
      'LocationNotFound',
      'There is no city or place with this id; look at /v1/locations.',
    );
  if (error instanceof ApiProblem || error instanceof Fault) return error;
  return isOutage(error)
    ? new Fault('DatabaseUnavailable', 'The read models cannot be reached.', { cause: error })
    : error;
}
