// Closed-loop load over keep-alive connections: the same generator for the engine and for every baseline.
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly connections: number;
  readonly amount: number;
  readonly headers?: Record<string, string>;
  /** Body of the n-th request. */
  readonly body?: (n: number) => string;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly byStatus: Record<string, number>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sends `amount` requests and waits for every answer. */
export async function load({
  url,
  path,
  method = 'GET',
  connections,
  amount,
  headers = {},
  body,
}: Load): Promise<LoadResult> {
  let n = 0;
  const began = performance.now();
  const setupRequest = (request: autocannon.Request): autocannon.Request => {
    n += 1;
    return { ...request, body: body!(n), headers: { ...headers, 'idempotency-key': `bench-${began}-${n}` } };
  };
  const request = { method, path, headers, ...(body && { setupRequest }) };
  // The library ends a run at a tick of its own: what counts is when the last answer came.
  let endedAt = began;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options = { url, connections, amount, sampleInt: 50, requests: [request as autocannon.Request] };
    const running = autocannon(options, (error, done) => (error ? reject(error as Error) : resolve(done)));
    running.on('response', () => (endedAt = performance.now()));
  });
  const seconds = (endedAt - began) / 1000;
  const stats = Object.entries(result.statusCodeStats ?? {}).map(([status, { count }]) => [
    status,
    count ?? 0,
  ]);
  return {
    perSecond: amount / seconds,
    byStatus: Object.fromEntries(stats) as Record<string, number>,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}
