// What stands in front of every route, in this order: is it open, is there room (503), who is it (401), how often (429), may
// they (401 without a key, 403), is there an Idempotency-Key (400). One hook for each route, made with what the route asks,
// and without promises when all is known: the hot path goes through it.
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
  onRequestHookHandler,
} from 'fastify';
import type { Scope } from '../../ports/api-key-store.ts';
import { tooManyWait } from '../../commands/writer-faults.ts';
import { Fault } from '../../ports/fault.ts';
import { ApiProblem, invalid } from '../errors.ts';
import type { ProblemCode } from '../errors.ts';
import { sendProblem } from '../answer/problem.ts';
import { checkIdempotencyKey } from './idempotency.ts';
import { SCOPE_BITS } from './key-ring.ts';
import type { KeyRing, Principal } from './key-ring.ts';
import type { RateLimiter } from './rate-limit.ts';
import { SECURITY_HEADERS } from '../answer/security-headers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** null: anonymous. */
    principal: Principal | null;
    /** The body as JSON, before its schema filled in what was left out. */
    jsonBody: unknown;
    giveBack: (() => void) | null;
  }
  interface FastifyContextConfig {
    /** Path parameter -> what is not found when it is no id. */
    unknownIds?: Readonly<Record<string, ProblemCode>>;
    /** Whether the Idempotency-Key counts here. */
    keyed?: boolean;
  }
}

/** To whom the routes are open: to nobody yet, to all, or to nobody any more. */
export type Doors = 'opening' | 'open' | 'closing';

/** What a route asks of its callers. */
export interface Rules {
  /** Bits of the scopes of which one is needed; 0: everybody, also without a key. */
  readonly scopes: number;
  readonly idempotency?: 'required' | 'honoured' | undefined;
  /** The kind of its command for a show, which is sent away before anything else while too many wait. */
  readonly sheds?: string | undefined;
}

const CHUNKED = /^chunked$/i;

/** Makes the hook of one route. */
export type Guard = (rules: Rules) => onRequestHookHandler;

export const scopeBits = (scopes: readonly Scope[]): number =>
  scopes.reduce((bits, scope) => bits | SCOPE_BITS[scope], 0);

export interface Guards {
  readonly keys: KeyRing;
  /** null: RATE_LIMIT=off. */
  readonly limit: RateLimiter | null;
  doors(): Doors;
  /** Seconds after which to come again, where too many wait for this show. */
  sheds(request: FastifyRequest, showId: string, kind: string): number | null;
  /** Answers what no route takes, before its body is read. */
  notFound(request: FastifyRequest, reply: FastifyReply): unknown;
}

/** Names every request in its answer, and gives what makes the hooks of the routes. */
export function registerGuard(app: FastifyInstance, guards: Guards): Guard {
  app.decorateRequest('principal', null);
  app.decorateRequest('jsonBody', undefined);
  app.decorateRequest('giveBack', null);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    const { host, 'transfer-encoding': coding } = request.raw.headers;
    const isOld = request.raw.httpVersionMinor === 0;
    if (host === undefined && !isOld) done(notOneHost(reply, 'missing'));
    else if (hasTwoHosts(request.raw.rawHeaders)) done(notOneHost(reply, 'doubled'));
    else if (coding !== undefined && (isOld || !CHUNKED.test(coding))) done(unknownCoding(reply));
    else if (request.url.includes('#')) done(fragment(reply));
    else if (request.is404) guards.notFound(request, reply);
    else done();
  });
  return (rules) => (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
    const doors = guards.doors();
    if (doors !== 'open') return turnAway(doors, request, reply, done);
    if (rules.sheds !== undefined) {
      const { showId } = request.params as { showId: string };
      const retryAfterS = guards.sheds(request, showId.toLowerCase(), rules.sheds);
      if (retryAfterS !== null) return sendAway(request, reply, retryAfterS);
    }
    const header = request.headers.authorization;
    const principal = header === undefined ? null : guards.keys.recall(header);
    if (principal === undefined || guards.limit !== null) {
      slowly(guards, request, reply, header).then(() => done(admit(request, rules)), done);
      return;
    }
    request.principal = principal;
    done(admit(request, rules));
  };
}

/** By the thousand, when it must not cost what it is to save: no error is made, and no body, key or schema looked at. */
function sendAway(request: FastifyRequest, reply: FastifyReply, retryAfterS: number): void {
  reply.header('retry-after', String(retryAfterS));
  sendProblem(request, reply, 'Overloaded', tooManyWait(retryAfterS));
}

/** Who comes too early is hung up on, so that a balancer asks another process. */
function turnAway(
  doors: 'opening' | 'closing',
  request: FastifyRequest,
  reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  if (doors === 'closing') return done(new Fault('ShuttingDown', 'This server is shutting down.'));
  reply.hijack();
  request.raw.destroy();
}

/** With a look into the store, or with counting. */
async function slowly(
  guards: Guards,
  request: FastifyRequest,
  reply: FastifyReply,
  header: string | undefined,
): Promise<void> {
  if (header === undefined) {
    if (guards.limit !== null) await guards.limit(request, reply, 'address');
    return;
  }
  // Guesses are counted before the store is asked; a good key has a count of its own, whatever its neighbours do.
  const guessed = guards.limit !== null && !guards.keys.wasGood(header);
  if (guessed) await guards.limit(request, reply, 'guesses');
  request.principal = guards.keys.recall(header) ?? (await guards.keys.lookUp(header));
  if (request.principal === null)
    throw unauthenticated(
      'The Authorization header holds no valid API key; send "Bearer <key>" with a key that was not revoked, or leave it out where browsing is open.',
    );
  if (guessed) request.giveBack?.();
  if (guards.limit !== null) await guards.limit(request, reply, 'key');
}

/** The problem with this request, if there is one: who may not, or a key that is needed. */
function admit(request: FastifyRequest, { scopes, idempotency }: Rules): Error | undefined {
  const { principal } = request;
  if (scopes !== 0) {
    if (principal === null) return unauthenticated('Send "Authorization: Bearer <key>" with an API key.');
    if ((principal.scopes & scopes) === 0) return forbidden(scopes);
  }
  return idempotency === undefined ? undefined : checkIdempotencyKey(request, idempotency);
}

/** Node goes by the first and passes over the others, where a proxy in front may have gone by the last. */
function hasTwoHosts(namesAndValues: readonly string[]): boolean {
  let hosts = 0;
  for (let i = 0; i < namesAndValues.length; i += 2)
    if (namesAndValues[i]?.length === 4 && namesAndValues[i]?.toLowerCase() === 'host') hosts += 1;
  return hosts > 1;
}

/** RFC 9112 §3.2. Who leaves it out, or sends two, may mean something else by the rest as well. */
function notOneHost(reply: FastifyReply, code: 'missing' | 'doubled'): ApiProblem {
  reply.header('connection', 'close');
  return invalid('/headers/host', code, 'Send one Host header.');
}

/**
 * RFC 9112 §6.1: a proxy that speaks HTTP/1.0 passes over the header and ends the body elsewhere. Any other coding is one
 * that nobody takes off here.
 */
function unknownCoding(reply: FastifyReply): ApiProblem {
  reply.header('connection', 'close');
  return invalid(
    '/headers/transfer-encoding',
    'wrongFormat',
    'Send the body with its Content-Length, or over HTTP/1.1 with "Transfer-Encoding: chunked" alone.',
  );
}

/** RFC 9112 §3.2 has none in a request. A cache in front may leave it off, where here it would be taken for a query. */
function fragment(reply: FastifyReply): ApiProblem {
  reply.header('connection', 'close');
  return invalid('', 'malformed', 'Send the address without a "#" and what follows it.');
}

function unauthenticated(detail: string): ApiProblem {
  return new ApiProblem('Unauthenticated', detail, {
    headers: { 'www-authenticate': 'Bearer realm="fairseat"' },
  });
}

const forbidden = (scopes: number): ApiProblem => new ApiProblem('Forbidden', scopeNeeded(scopes));

export function scopeNeeded(scopes: number): string {
  const names = Object.entries(SCOPE_BITS).flatMap(([name, bit]) =>
    (scopes & bit) === 0 ? [] : [`"${name}"`],
  );
  return `This needs an API key with the scope ${names.join(' or ')}.`;
}
