// How long requests take, by route and status; never by address, which would be without end. Hooks of the route itself:
// Fastify's onResponse costs the hot path more than everything else here together.
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
  onRequestHookHandler,
} from 'fastify';

/** Times the requests of one route. */
export interface RouteTimer {
  /** A moment, in ms of whatever clock the metrics have. */
  begin(): number;
  end(status: number, begunMs: number): void;
}

export interface HttpMetrics {
  readonly contentType: string;
  /** Everything as Prometheus reads it. */
  text(): Promise<string>;
  routeTimer(method: string, route: string): RouteTimer;
}

declare module 'fastify' {
  interface FastifyRequest {
    begunMs: number;
  }
}

/** The route's hooks: `guard` first, with the time taken from before it until the answer is ready to be sent. */
export function timed(metrics: HttpMetrics, method: string, url: string, guard: onRequestHookHandler) {
  const timer = metrics.routeTimer(method, url);
  return {
    onRequest(
      this: FastifyInstance,
      request: FastifyRequest,
      reply: FastifyReply,
      done: HookHandlerDoneFunction,
    ) {
      request.begunMs = timer.begin();
      guard.call(this, request, reply, done);
    },
    onSend(
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      done: (error?: Error | null, payload?: unknown) => void,
    ) {
      timer.end(reply.statusCode, request.begunMs);
      done(null, payload);
    },
  };
}
