// The log of what went wrong on our side: each bug with its request; outages not once per request but about once a second,
// so that a database that is away does not fill the disk.
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { SteadyClock } from '../../ports/clock.ts';
import { PROBLEMS } from '../errors.ts';
import type { ApiProblem, ProblemCode } from '../errors.ts';

const EVERY_MS = 1000;

export class ProblemLog {
  readonly #logger: Logger;
  readonly #clock: SteadyClock;
  readonly #last = new Map<ProblemCode, { atMs: number; unsaid: number }>();

  constructor(logger: Logger, clock: SteadyClock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Notes a problem; those of callers are their own. */
  note(request: FastifyRequest, problem: ApiProblem, error: unknown): void {
    const [status] = PROBLEMS[problem.code];
    if (status < 500) return;
    const line = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      err: problem.cause ?? error,
    };
    if (status !== 503) return this.#logger.error(line, problem.message);
    const nowMs = this.#clock.steady();
    const last = this.#last.get(problem.code) ?? { atMs: -Infinity, unsaid: 0 };
    if (nowMs - last.atMs < EVERY_MS) {
      last.unsaid += 1;
      return;
    }
    this.#last.set(problem.code, { atMs: nowMs, unsaid: 0 });
    this.#logger.warn({ ...line, ...(last.unsaid > 0 && { moreBefore: last.unsaid }) }, problem.message);
  }
}
