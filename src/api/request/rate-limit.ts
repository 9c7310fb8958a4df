// How many requests a key or an address may send in a minute. Counting is @fastify/rate-limit's; the headers are those of
// draft-ietf-httpapi-ratelimit-headers-11, which it does not write; an answer "not modified" is given back.
import rateLimit from '@fastify/rate-limit';
import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SteadyClock } from '../../ports/clock.ts';
import { ApiProblem } from '../errors.ts';

const WINDOW_MS = 60_000;
const COUNTED_MAX = 50_000;

type Bucket = 'key' | 'address' | 'guesses';

export interface RateLimits {
  readonly perKey: number;
  readonly perAddress: number;
}

/**
 * Counts a request against its key, against its address where it has none, or as a guess of that address where nobody
 * knows its key yet; throws when that is too many.
 */
export type RateLimiter = (request: FastifyRequest, reply: FastifyReply, by: Bucket) => Promise<void>;

/** Counters of the present windows, by the steady clock; bounded, the oldest make room. */
class WindowStore {
  readonly #windows = new Map<string, { current: number; endsAtMs: number }>();
  readonly #clock: SteadyClock;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  incr(key: string, done: (error: Error | null, result: { current: number; ttl: number }) => void): void {
    const nowMs = this.#clock.steady();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAtMs <= nowMs) {
      this.#windows.delete(key);
      if (this.#windows.size >= COUNTED_MAX)
        this.#windows.delete(this.#windows.keys().next().value as string);
      window = { current: 0, endsAtMs: nowMs + WINDOW_MS };
      this.#windows.set(key, window);
    }
    window.current += 1;
    // The difference of fractions may come out a trace above the window, which rounds up to a second more.
    done(null, { current: window.current, ttl: Math.min(window.endsAtMs - nowMs, WINDOW_MS) });
  }

  giveBack(key: string): void {
    const window = this.#windows.get(key);
    if (window !== undefined && window.current > 0) window.current -= 1;
  }
}

/** Makes the limiter; `request.giveBack` is set by it. */
export async function registerRateLimits(
  app: FastifyInstance,
  limits: RateLimits,
  clock: SteadyClock,
): Promise<RateLimiter> {
  // The plugin makes its store with `new`, and asks it for a child for each limit: each has windows of its own.
  let made = new WindowStore(clock);
  const Stores = function () {
    return { child: () => (made = new WindowStore(clock)) };
  } as unknown as RateLimitPluginOptions['store'];
  await app.register(rateLimit, { global: false, store: Stores, timeWindow: WINDOW_MS });
  const bucket = (max: number, more: { keyGenerator?: (request: FastifyRequest) => string } = {}) => {
    const count = app.createRateLimit({ max, timeWindow: WINDOW_MS, ...more });
    return { max, count, store: made };
  };
  const buckets = {
    key: bucket(limits.perKey, { keyGenerator: (request) => request.principal?.keyId ?? '' }),
    address: bucket(limits.perAddress),
    guesses: bucket(limits.perAddress),
  };
  return async (request, reply, by) => {
    const { max, count, store } = buckets[by];
    const counted = await count(request);
    if (counted.isAllowed) return;
    reply.header('ratelimit-policy', `"${by}";q=${max};w=60`);
    reply.header('ratelimit', `"${by}";r=${counted.remaining};t=${counted.ttlInSeconds}`);
    if (counted.isExceeded) {
      throw new ApiProblem(
        'RateLimited',
        `That is more than ${counted.max} requests in a minute; go on in ${counted.ttlInSeconds} s.`,
        {
          headers: { 'retry-after': String(counted.ttlInSeconds) },
        },
      );
    }
    request.giveBack = () => store.giveBack(counted.key);
  };
}
