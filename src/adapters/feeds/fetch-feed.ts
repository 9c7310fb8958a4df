// Fetches the bytes of a feed: from the web with a time-out, a size cap, few redirects and no way into the network
// around the engine; or from a file, for whoever runs the engine.
import { readFile, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { fileURLToPath } from 'node:url';
import { FeedUnavailable } from '../../ports/feed-source.ts';
import type { FetchFeed } from '../../ports/feed-source.ts';
import { addressGuard } from './public-address.ts';
import type { AddressGuard } from './public-address.ts';
import { FEED_BYTES_MAX } from './xml-document.ts';

const TIMEOUT_MS = 30_000;
const REDIRECTS_MAX = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export interface FetchOptions {
  /** Whether loopback, private and link-local addresses may be fetched from: for providers in the same network. */
  readonly allowPrivateAddresses: boolean;
  /** For connecting, headers and body together, redirects included. */
  readonly timeoutMs?: number;
  readonly bytesMax?: number;
  /** What may be connected to unless everything may; by default public addresses. */
  readonly guard?: AddressGuard;
}

/** A FetchFeed for http:, https: and file: URLs. */
export function createFetchFeed(options: FetchOptions): FetchFeed {
  const bytesMax = options.bytesMax ?? FEED_BYTES_MAX;
  const guard = options.allowPrivateAddresses ? null : (options.guard ?? addressGuard());
  return async (written, { signal } = {}) => {
    const url = parsed(written);
    if (url.protocol === 'file:') return readFeedFile(url, bytesMax);
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    const until = signal ? AbortSignal.any([signal, timeout]) : timeout;
    try {
      return await followed(url, { guard, bytesMax, signal: until });
    } catch (error) {
      if (error instanceof FeedUnavailable) throw error;
      const why = timeout.aborted
        ? `no complete answer within ${(options.timeoutMs ?? TIMEOUT_MS) / 1000} s`
        : reason(error);
      throw new FeedUnavailable(`The feed at ${shown(url)} could not be fetched: ${why}.`, { cause: error });
    }
  };
}

interface Request {
  /** null: anything may be connected to. */
  readonly guard: AddressGuard | null;
  readonly bytesMax: number;
  readonly signal: AbortSignal;
}

async function followed(first: URL, request: Request): Promise<Uint8Array> {
  let url = first;
  for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
    const response = await opened(url, request);
    const location = response.headers.location;
    if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined)
      return bodyOf(response, url, request.bytesMax);
    response.destroy();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (next === null || !isWeb(next) || (url.protocol === 'https:' && next.protocol === 'http:')) {
      throw new FeedUnavailable(`The feed at ${shown(url)} redirects to an address that is not followed.`);
    }
    url = next;
  }
  throw new FeedUnavailable(`The feed at ${shown(first)} redirects more than ${REDIRECTS_MAX} times.`);
}

function opened(url: URL, { guard, signal }: Request): Promise<IncomingMessage> {
  guard?.assertHost(url.hostname);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = send(url, {
      agent: false,
      signal,
      headers: {
        accept: 'application/xml, text/xml;q=0.9, */*;q=0.1',
        'accept-encoding': 'identity',
        'user-agent': 'fairseat',
      },
      ...(guard !== null && { lookup: guard.lookup }),
    });
    sent.on('response', resolve);
    sent.on('error', reject);
    sent.end();
  });
}

async function bodyOf(response: IncomingMessage, url: URL, bytesMax: number): Promise<Uint8Array> {
  const refuse = (why: string) => {
    response.destroy();
    return new FeedUnavailable(`The feed at ${shown(url)} ${why}.`);
  };
  if (response.statusCode !== 200) throw refuse(`answered with status ${response.statusCode}`);
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw refuse(`is sent compressed (${encoding}) though it was asked for plain`);
  if (Number(response.headers['content-length'] ?? 0) > bytesMax)
    throw refuse(`is larger than ${bytesMax} bytes`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw refuse(`is larger than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

async function readFeedFile(url: URL, bytesMax: number): Promise<Uint8Array> {
  let path = url.pathname;
  try {
    path = fileURLToPath(url);
    const { size } = await stat(path);
    if (size > bytesMax) throw new Error(`it is larger than ${bytesMax} bytes`);
    return await readFile(path);
  } catch (error) {
    throw new FeedUnavailable(`The feed file ${path} could not be read: ${reason(error)}.`, {
      cause: error,
    });
  }
}

function parsed(written: string): URL {
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url !== null && (isWeb(url) || url.protocol === 'file:')) return url;
  throw new FeedUnavailable("A feed's address must be an http://, https:// or file:// URL.");
}

function isWeb(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}

/** Without credentials and query, which may hold a token. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function reason(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'the connection failed';
}
