// Conditional reads: every body has a strong ETag, and who has it already gets 304, which costs no quota.
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * How long a shared cache may keep a public read: short, and refreshed behind the reader's back. Browsers read that leave
 * too, and would show a map of 10 s ago: for them it must be revalidated. nginx passes that over.
 */
const CACHE_PUBLIC = 'public, max-age=0, must-revalidate, s-maxage=1, stale-while-revalidate=10';
export const CACHE_PRIVATE = 'private, no-cache';
export const CACHE_FOREVER = 'public, max-age=31536000, immutable';
/** What a shared cache must not give to others: drafts for organisers, reads that wait for a position. */
const VARY = 'authorization, x-min-position';

/** Public answers may be shared only if nobody in particular asked. */
export const publicCache = (request: FastifyRequest): string =>
  request.headers.authorization === undefined ? CACHE_PUBLIC : CACHE_PRIVATE;

export interface Read {
  readonly body: Buffer | string;
  /** A strong one, quotes included. */
  readonly etag: string;
  /** Of a page: where the next one is. */
  readonly link?: string;
}

/** A text with an ETag made of its bytes. */
export const textRead = (body: string): Read => ({ body, etag: `"${hash('sha1', body, 'base64url')}"` });

export const jsonRead = (value: unknown): Read => textRead(JSON.stringify(value));

/** Sends a value as `jsonRead` makes it. */
export function sendRead(
  request: FastifyRequest,
  reply: FastifyReply,
  value: unknown,
  cacheControl = CACHE_PRIVATE,
): void {
  return sendBytes(request, reply, jsonRead(value), cacheControl);
}

/** Sends bytes whose ETag is known. */
export function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  read: Read,
  cacheControl = CACHE_PRIVATE,
  contentType = JSON_TYPE,
): void {
  if (matches(request.headers['if-none-match'], read.etag))
    return notModified(request, reply, read, cacheControl);
  describe(reply, read, cacheControl);
  reply.header('content-type', contentType).serializer(asItIs).send(read.body);
}

/** 304 with the headers of the read, as RFC 9110 asks in 15.4.5; the request does not count. */
export function notModified(
  request: FastifyRequest,
  reply: FastifyReply,
  read: Read,
  cacheControl = CACHE_PRIVATE,
): void {
  request.giveBack?.();
  describe(reply, read, cacheControl);
  reply.code(304).send();
}

function describe(reply: FastifyReply, { etag, link }: Read, cacheControl: string): void {
  if (link !== undefined) reply.header('link', link);
  const vary = reply.getHeader('vary'); // of CORS
  reply.header('vary', vary === undefined ? VARY : `${String(vary)}, ${VARY}`);
  reply.header('etag', etag).header('cache-control', cacheControl);
}

const asItIs = (payload: unknown): string => payload as string;

/** Weak comparison, as RFC 9110 asks of If-None-Match. */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
