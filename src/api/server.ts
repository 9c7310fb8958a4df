// The HTTP server: one Fastify instance with every plugin and route of the contract. It chooses no adapter and starts
// nothing; a profile gives it what it needs and decides when it listens.
import type { Socket } from 'node:net';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import type { Logger } from 'pino';
import type { Ids, SteadyClock } from '../ports/clock.ts';
import { registerAccessLog } from './request/access-log.ts';
import type { ApiDependencies } from './dependencies.ts';
import { registerDocs } from './docs.ts';
import { ApiProblem } from './errors.ts';
import { registerGuard, type Doors, type Guards } from './request/guard.ts';
import { registerJsonBodies } from './request/json-body.ts';
import type { KeyRing } from './request/key-ring.ts';
import { registerNotFound } from './request/not-found.ts';
import { answerPreflight, crossOriginHeaders, isPreflight, originIn } from './answer/cross-origin.ts';
import { frameworkProblem, rawProblem, registerProblems } from './answer/problem.ts';
import { ProblemLog } from './answer/problem-log.ts';
import type { RateLimiter, RateLimits } from './request/rate-limit.ts';
import { requestIds } from './request/request-id.ts';
import { registerRoutes } from './routes/routes.ts';
import { validatorCompiler } from './validation.ts';

export const API_VERSION = '0.1.0';

export interface ServerOptions {
  readonly trustProxy: boolean;
  /** Empty: no page of another origin may call. */
  readonly corsOrigins: readonly string[];
  /** null: unlimited. */
  readonly rateLimits: RateLimits | null;
  /** Until a request must have arrived whole. */
  readonly requestTimeoutMs: number;
  doors(): Doors;
}

const BODY_LIMIT = 1024 * 1024;
const HEADERS_MAX = 16 * 1024;
/** Whatever fits into a request line reaches its route, which says that there is no such id. */
const PARAM_LENGTH_MAX = HEADERS_MAX;
/** Until the headers of a request, or of the first on a connection, must have arrived whole. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often connections are looked at for requests that are late. */
const LATE_CHECK_MS = 2_000;
/** Of silence on a connection: an import may think for minutes. */
const CONNECTION_TIMEOUT_MS = 600_000;
const KEEP_ALIVE_MS = 72_000;
/** For who is told why the connection ends to read it; then it is ended whether they agree or not. */
const LINGER_MS = 2_000;

/** A server that is ready to listen. */
export async function createServer(
  api: ApiDependencies,
  parts: { keys: KeyRing; clock: SteadyClock; ids: Ids; logger: Logger; options: ServerOptions },
): Promise<FastifyInstance> {
  const { clock, logger, options } = parts;
  const nextId = requestIds(parts.ids);
  const app = Fastify({
    logger: false,
    // One hop: the address that the proxy in front saw, never what a client wrote itself.
    trustProxy: options.trustProxy && ((_address: string, hop: number) => hop === 0),
    bodyLimit: BODY_LIMIT,
    requestTimeout: options.requestTimeoutMs,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: {
      maxHeaderSize: HEADERS_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Node's own answer would have no body; the guard says what is missing.
      requireHostHeader: false,
      connectionsCheckingInterval: LATE_CHECK_MS,
    },
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    schemaController: { compilersFactory: { buildValidator, buildSerializer } },
    rewriteUrl: ({ url = '' }) => withoutOrigin(url),
    genReqId: (raw) => nextId(raw.headers['x-request-id']),
    requestIdHeader: false,
    ...beforeRoutes(options.corsOrigins, { clock, nextId }),
  });
  // An expectation that nobody knows may be passed over (RFC 9110 §10.1.1); Node would answer 417 without a body.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  registerJsonBodies(app);
  registerAccessLog(app, logger);
  const sheds = shedding(api, registerProblems(app, new ProblemLog(logger, clock)));
  if (options.corsOrigins.length > 0)
    await (await import('./request/cors.ts')).registerCors(app, options.corsOrigins);
  const limit = options.rateLimits && (await limiter(app, options.rateLimits, clock));
  const notFound = registerNotFound(app);
  app.decorate(
    'guard',
    registerGuard(app, { keys: parts.keys, limit, doors: () => options.doors(), notFound, sheds }),
  );
  app.decorate('httpMetrics', api.metrics);
  app.decorateRequest('begunMs', 0);
  registerDocs(app, API_VERSION, notFound);
  await app.register((routes) => registerRoutes(routes, api));
  await app.ready();
  return app;
}

/** What is answered before there is a route, and so before any hook. */
function beforeRoutes(
  origins: readonly string[],
  { clock, nextId }: { clock: SteadyClock; nextId: ReturnType<typeof requestIds> },
): Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler'> {
  const crossOrigin = (origin?: string) => crossOriginHeaders(origins, origin);
  return {
    frameworkErrors(error, request, reply) {
      reply.headers(crossOrigin(request.headers.origin));
      if (origins.length > 0 && isPreflight(request)) answerPreflight(request, reply);
      else frameworkProblem(error, request, reply);
    },
    clientErrorHandler(error, socket) {
      // Whatever still comes after the first error is one as well.
      const isTold = !socket.writable;
      rawProblem(error, socket, { requestId: nextId(undefined), headers: crossOrigin(originIn(error)) });
      if (!isTold) void hangUp(socket, clock);
    },
  };
}

async function hangUp(socket: Socket, clock: SteadyClock): Promise<void> {
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  await clock.sleep(LINGER_MS, closed.signal);
  socket.destroy();
}

function shedding({ pipeline, showAggregate }: ApiDependencies, problems: ProblemLog): Guards['sheds'] {
  return (request, showId, kind) => {
    const retryAfterS = pipeline.sheds(`${showAggregate.name}-${showId}`, kind);
    if (retryAfterS !== null) problems.note(request, TOO_MANY_WAIT, TOO_MANY_WAIT);
    return retryAfterS;
  };
}

const TOO_MANY_WAIT = new ApiProblem('Overloaded', 'Too many commands are waiting.');

/** Who speaks as if to a proxy names an origin too (RFC 9112 §3.2.2): whatever it is, it is ours, and nothing repeats it. */
const withoutOrigin = (url: string): string =>
  url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*\/?/i, '/');

// Given here, or Fastify loads ajv and a maker of serialisers at every start: no route has a schema for either.
const buildValidator = () => validatorCompiler as never;
const buildSerializer = () => () => (data: unknown) => JSON.stringify(data);

async function limiter(app: FastifyInstance, limits: RateLimits, clock: SteadyClock): Promise<RateLimiter> {
  const { registerRateLimits } = await import('./request/rate-limit.ts');
  return registerRateLimits(app, limits, clock);
}
