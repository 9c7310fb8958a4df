// What lets pages of other origins read an answer (CORS), also one that is given before there is a route: without these
// headers a browser shows its page a network that fails, in place of the 400 or 431.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { SECURITY_HEADERS } from './security-headers.ts';

export const ALLOWED_METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'];
/** How long browsers remember what a preflight has told them. */
export const PREFLIGHT_MAX_AGE_S = 600;
export const EXPOSED_HEADERS = [
  'Date',
  'ETag',
  'Link',
  'Idempotent-Replayed',
  'X-Position',
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
];

/** The headers of an answer to a page of `origin`; `allowed` as the setting names them, `*` is all. */
export function crossOriginHeaders(
  allowed: readonly string[],
  origin: string | undefined,
): Record<string, string> {
  if (allowed.length === 0) return {};
  const all = allowed.includes('*');
  const named = all ? '*' : allowed.find((one) => one === origin);
  return {
    ...(!all && { vary: 'Origin' }),
    ...(named !== undefined && {
      'access-control-allow-origin': named,
      'access-control-expose-headers': EXPOSED_HEADERS.join(', '),
    }),
  };
}

/** What browsers send before a request; any other OPTIONS is a method like the others. */
export const isPreflight = ({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined;

/**
 * For a preflight that has no route, beside the headers above. What is wrong with its address is told to the request that
 * follows: of a refused preflight a page sees nothing.
 */
export function answerPreflight({ id, headers }: FastifyRequest, reply: FastifyReply): void {
  const allowed = {
    'access-control-allow-methods': ALLOWED_METHODS.join(', '),
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '',
    'access-control-max-age': String(PREFLIGHT_MAX_AGE_S),
  };
  void reply
    .code(204)
    .headers({ ...SECURITY_HEADERS, ...allowed, 'x-request-id': id })
    .send();
}

/** The origin that a request names whose headers could not be read, where it stands in what came of it last. */
export const originIn = ({ rawPacket }: { rawPacket?: unknown }): string | undefined =>
  Buffer.isBuffer(rawPacket) ? /\r\norigin: *(\S+)/i.exec(rawPacket.toString('latin1'))?.[1] : undefined;
