// Lists: `{ data, nextCursor }` and a Link header to the next page that keeps the other parameters.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonRead, sendBytes, type Read } from './etag.ts';

export interface Page {
  readonly data: readonly unknown[];
  readonly nextCursor: string | null;
  /** Beside the list, where it was asked for. */
  readonly facets?: object;
}

/** A page as the answer to the request for `url`. */
export function pageRead(url: string, { data, nextCursor, facets }: Page): Read {
  const read = jsonRead({ data, nextCursor, ...(facets && { facets }) });
  return nextCursor === null ? read : { ...read, link: `<${nextUrl(url, nextCursor)}>; rel="next"` };
}

export const sendPage = (request: FastifyRequest, reply: FastifyReply, page: Page): void =>
  sendBytes(request, reply, pageRead(request.url, page));

function nextUrl(url: string, cursor: string): string {
  const [path = '', ...query] = url.split('?');
  const params = new URLSearchParams(query.join('?'));
  params.set('cursor', cursor);
  return `${path}?${params.toString()}`;
}
