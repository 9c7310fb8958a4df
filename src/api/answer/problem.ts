// RFC 9457 for everything that is no success: refusals of the domain, faults behind it, and what Fastify itself refuses.
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Rejection } from '../../domain/rejection.ts';
import { Fault } from '../../ports/fault.ts';
import { ApiProblem, invalid, PROBLEMS } from '../errors.ts';
import type { ProblemCode } from '../errors.ts';
import { takeRestOfBody } from './large-body.ts';
import type { ProblemLog } from './problem-log.ts';
import { NO_STORE, SECURITY_HEADERS } from './security-headers.ts';
import { InputInvalid, pathProblem } from '../validation.ts';

// An import would read each name that node:http exports, and some of them load an HTTP client: 70 ms of every start.
const { STATUS_CODES } = process.getBuiltinModule('node:http');

const TYPE_PREFIX = 'urn:fairseat:problem:';
const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

/** The problem document; `instance` is the path without its query, which could hold what must not be repeated. */
export function problemDocument(
  code: ProblemCode,
  detail: string,
  at: { url: string; requestId: string },
  members: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const [status, title] = PROBLEMS[code];
  const instance = at.url.split('?', 1)[0];
  return {
    type: TYPE_PREFIX + code,
    title,
    status,
    detail,
    code,
    instance,
    requestId: at.requestId,
    ...members,
  };
}

/** Ends a request with a problem. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ProblemCode,
  detail: string,
  members?: Readonly<Record<string, unknown>>,
): void {
  const document = problemDocument(code, detail, { url: request.url, requestId: request.id }, members);
  reply
    .code(PROBLEMS[code][0])
    .header('content-type', PROBLEM_JSON)
    .header('cache-control', NO_STORE)
    .serializer(asItIs)
    .send(JSON.stringify(document));
}

/** A refusal of a command or an import: normal traffic, so no exception and no log line. */
export function sendRejection(
  request: FastifyRequest,
  reply: FastifyReply,
  { code, detail, members }: Omit<Rejection, 'code'> & { readonly code: ProblemCode },
): void {
  return sendProblem(request, reply, code, detail, members);
}

const asItIs = (payload: unknown): string => payload as string;

/** Turns every error of a request into a problem; returns the log in which those on our side are noted. */
export function registerProblems(app: FastifyInstance, log: ProblemLog): ProblemLog {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error, request);
    log.note(request, problem, error);
    for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value);
    if (problem.code === 'PayloadTooLarge') takeRestOfBody(request, reply);
    sendProblem(request, reply, problem.code, problem.message, problem.members);
  });
  return log;
}

function toProblem(error: FastifyError | Error, request: FastifyRequest): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof InputInvalid) {
    return error.part === 'params' ? pathProblem(error, request) : bodyAndQueryProblem(error);
  }
  if (error instanceof Fault) return faultProblem(error);
  return fastifyProblem(error as FastifyError, request.routeOptions.schema);
}

function bodyAndQueryProblem(error: InputInvalid): ApiProblem {
  const [first] = error.errors;
  const more = error.errors.length > 1 ? ` (and ${error.errors.length - 1} more, see errors)` : '';
  const detail =
    first === undefined
      ? 'The request is not well formed.'
      : `${first.pointer || 'The body'}: ${first.message}${more}`;
  return new ApiProblem('InvalidRequest', detail, { members: { errors: error.errors } });
}

function faultProblem(fault: Fault): ApiProblem {
  const code =
    fault.code === 'Overloaded' || fault.code === 'DeadlineExceeded' ? 'Overloaded' : 'Unavailable';
  const unsure =
    fault.outcome === 'unknown'
      ? ' It may have been done: send it again with the same Idempotency-Key to learn.'
      : '';
  const detail = code === 'Overloaded' ? fault.message : (SENTENCES[fault.code] ?? fault.message);
  return new ApiProblem(code, detail + unsure, {
    headers: { 'retry-after': String(fault.retryAfterS) },
    cause: fault,
  });
}

const SENTENCES: Partial<Record<Fault['code'], string>> = {
  EventLogUnavailable: 'The event log cannot be reached, or takes nothing for now; try again soon.',
  DatabaseUnavailable: 'The database cannot be reached; try again soon.',
  SearchUnavailable: 'Search cannot be reached, or is being made anew; try again soon.',
  AppendUnknown: 'The event log did not say whether it has stored the change.',
  ShuttingDown: 'This server is shutting down; try again.',
};

/** What Fastify's own errors mean to a caller; anything without a client's status is ours. */
function fastifyProblem(error: FastifyError, schema?: { consumes?: readonly string[] }): ApiProblem {
  const status = error.statusCode ?? 500;
  const syntax = (message: string) => invalid('', 'malformed', message);
  if (status === 413)
    return new ApiProblem(
      'PayloadTooLarge',
      'The body is larger than this address takes; send less at once.',
    );
  if (status === 415)
    return new ApiProblem(
      'UnsupportedMediaType',
      `Send the body as ${schema?.consumes?.[0] ?? 'application/json'}, with that Content-Type.`,
    );
  if (error.code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return syntax('The body is not as long as Content-Length says.');
  if (error.code === 'FST_ERR_BAD_URL')
    return syntax('The address has an escape that cannot be read; encode it as UTF-8.');
  if (status === 400) return syntax('Send the body as well-formed JSON.');
  if (status < 500) return syntax('The request cannot be read; see the documentation of this address.');
  if (status === 503)
    return new ApiProblem('Overloaded', 'The request took too long; try again.', {
      headers: { 'retry-after': '1' },
      cause: error,
    });
  return new ApiProblem('InternalError', 'Something went wrong here; it was logged under the requestId.', {
    cause: error,
  });
}

/** Errors before there is a request: a URL that cannot be decoded. */
export function frameworkProblem(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const problem = fastifyProblem(error);
  reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
  sendProblem(request, reply, problem.code, problem.message, problem.members);
}

/** Bytes that are no HTTP: the answer is written to the bare socket, in the same shape. */
export function rawProblem(
  error: NodeJS.ErrnoException,
  socket: Socket,
  { requestId, headers }: { requestId: string; headers: Readonly<Record<string, string>> },
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const code: ProblemCode = late ? 'RequestTimeout' : tooLarge ? 'HeadersTooLarge' : 'InvalidRequest';
  const [status] = PROBLEMS[code];
  const detail = late
    ? 'The request did not arrive in time; send it again.'
    : tooLarge
      ? 'Send fewer or shorter headers.'
      : 'The request is no well-formed HTTP.';
  const body = JSON.stringify(problemDocument(code, detail, { url: '', requestId }));
  const head = Object.entries({
    'content-type': PROBLEM_JSON,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
}
