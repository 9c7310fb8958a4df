// The HTTP side of a simulated process without HTTP: the real routes with their real handlers, contexts and error handler,
// called with the few members of a request and a reply that they use. What Fastify does before a handler (parsing, schemas,
// the guard) is proved by test/api on the real server.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDependencies } from '../../../src/api/dependencies.ts';
import type { Principal } from '../../../src/api/request/key-ring.ts';
import { registerProblems } from '../../../src/api/answer/problem.ts';
import { holdRoutes } from '../../../src/api/routes/holds.ts';
import { manageEventRoutes } from '../../../src/api/routes/manage-events.ts';
import { manageShowRoutes } from '../../../src/api/routes/manage-shows.ts';
import { seatingPlanRoutes } from '../../../src/api/routes/seating-plans.ts';
import { venueRoutes } from '../../../src/api/routes/venues.ts';
import { waitlistRoutes } from '../../../src/api/routes/waitlist.ts';

/** What is asked of a process, as plain data: it can be sent again, and to another process. */
export interface Asking {
  /** The operationId of the OpenAPI document. */
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly principal: Principal;
  /** The request's own name, the same however often it is sent. */
  readonly id: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** undefined: none. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

interface Route {
  readonly method: string;
  /** Of its address, between the slashes; parameters begin with a colon. */
  readonly parts: readonly string[];
  readonly options: { readonly url: string; readonly schema: object; readonly config: object };
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

interface Declared extends Pick<Route, 'method' | 'handler'> {
  readonly url: string;
  readonly config: object;
  readonly schema: { readonly operationId: string };
}

const NOTHING = {};

type ErrorHandler = (error: Error, request: FastifyRequest, reply: FastifyReply) => unknown;

export class FrontDoor {
  readonly #routes = new Map<string, Route>();
  #onError: ErrorHandler = (error) => {
    throw error;
  };
  readonly #onBug: (error: unknown) => void;

  /** `onBug` is told of errors that are neither faults nor refusals. */
  constructor(api: ApiDependencies, onBug: (error: unknown) => void) {
    this.#onBug = onBug;
    const app = {
      route: ({ method, url, handler, schema, config }: Declared) =>
        void this.#routes.set(schema.operationId, {
          method,
          handler,
          parts: url.split('/'),
          options: { url, schema: NOTHING, config },
        }),
      setErrorHandler: (handler: ErrorHandler) => void (this.#onError = handler),
      guard: () => () => {},
      httpMetrics: { routeTimer: () => ({ begin: () => 0, end: () => {} }) },
    } as unknown as FastifyInstance;
    for (const routes of [
      venueRoutes,
      seatingPlanRoutes,
      manageEventRoutes,
      manageShowRoutes,
      holdRoutes,
      waitlistRoutes,
    ])
      routes(app, api);
    registerProblems(app, {
      note: (_request: unknown, problem: { code: string }, error: unknown) => {
        if (problem.code === 'InternalError') this.#onBug(error);
      },
    } as never);
  }

  async ask({ operation, params, body, headers, principal, id }: Asking): Promise<Answer> {
    const route = this.#routes.get(operation);
    if (!route) throw new Error(`There is no operation ${operation}.`);
    const request = {
      id,
      method: route.method,
      url: route.parts.map((part) => (part.startsWith(':') ? params[part.slice(1)] : part)).join('/'),
      params,
      body,
      jsonBody: body,
      headers,
      principal,
      query: NOTHING,
      raw: NOTHING,
      routeOptions: route.options,
    } as unknown as FastifyRequest;
    const reply = new Reply();
    try {
      await route.handler(request, reply as unknown as FastifyReply);
    } catch (error) {
      await this.#onError(error as Error, request, reply as unknown as FastifyReply);
    }
    return reply.answer();
  }
}

/** As much of Fastify's reply as handlers use. */
class Reply {
  statusCode = 200;
  readonly #headers: Record<string, string> = {};
  #payload: unknown;

  code(status: number): this {
    this.statusCode = status;
    return this;
  }

  header(name: string, value: string): this {
    this.#headers[name] = value;
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers[name];
  }

  serializer(): this {
    return this;
  }

  send(payload?: unknown): this {
    this.#payload = payload;
    return this;
  }

  answer(): Answer {
    const payload = this.#payload;
    const body =
      typeof payload === 'string' ? (JSON.parse(payload) as object) : (payload as object | undefined);
    return { status: this.statusCode, headers: this.#headers, body: body as Answer['body'] };
  }
}
