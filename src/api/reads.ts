// Questions to the read models: first the wait for the position that a request asks for, then the query; and what can go
// wrong with either, as problems.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Query, ReadModels, View } from '../queries/query.ts';
import { InvalidCursor } from '../queries/cursor.ts';
import { LocationNotFound } from '../queries/locations.ts';
import { Fault } from '../ports/fault.ts';
import { ApiProblem, invalid } from './errors.ts';
import { awaitPosition } from './position.ts';

/** How far views have come. */
export interface ViewPositions {
  positionOf(name: View): number;
  waitFor(names: readonly View[], position: number, timeoutMs: number): Promise<unknown>;
}

export class Reads {
  readonly #db: ReadModels;
  readonly #positions: ViewPositions;

  constructor(db: ReadModels, positions: ViewPositions) {
    this.#db = db;
    this.#positions = positions;
  }

  /** The answer to a query, as new as the request wants it. */
  async ask<P, R>(request: FastifyRequest, reply: FastifyReply, query: Query<P, R>, params: P): Promise<R> {
    const { restsOn } = query;
    const positions = this.#positions;
    try {
      await awaitPosition(request, reply, {
        position: () =>
          restsOn.reduce(
            (least, name) => Math.min(least, positions.positionOf(name)),
            Number.MAX_SAFE_INTEGER,
          ),
        waitFor: (position, timeoutMs) => positions.waitFor(restsOn, position, timeoutMs),
      });
      return await query.run(this.#db, params);
    } catch (error) {
      throw problemOf(error);
    }
  }
}

function problemOf(error: unknown): unknown {
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
  const { severity, code } = error as { severity?: unknown; code?: unknown };
  // An error of the statement itself is a bug of ours; everything else is a database that is away, full or restarting.
  const ours = severity === 'ERROR' && !/^(?:08|53|57|40)/.test(String(code));
  return ours
    ? error
    : new Fault('DatabaseUnavailable', 'The read models cannot be reached.', { cause: error });
}
