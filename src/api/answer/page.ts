// Lists: `{ data, nextCursor }` and a Link header to the next page that keeps the other parameters.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CACHE_PRIVATE, sendRead } from './etag.ts';

export interface Page {
  readonly data: readonly unknown[];
  readonly nextCursor: string | null;
  /** Beside the list, where it was asked for. */
  readonly facets?: object;
}

export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
  cacheControl = CACHE_PRIVATE,
): void {
  if (page.nextCursor !== null)
    reply.header('link', `<${nextUrl(request.url, page.nextCursor)}>; rel="next"`);
  const { data, nextCursor, facets } = page;
  return sendRead(request, reply, { data, nextCursor, ...(facets && { facets }) }, cacheControl);
}

function nextUrl(url: string, cursor: string): string {
  const [path = '', ...query] = url.split('?');
  const params = new URLSearchParams(query.join('?'));
  params.set('cursor', cursor);
  return `${path}?${params.toString()}`;
}
