// A front end of the tests: sends a request, gives back what came.
import { randomUUID } from 'node:crypto';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
  readonly text: string;
}

export interface Options {
  /** An object is sent as JSON, a string as it is. */
  readonly body?: unknown;
  /** null: anonymous. */
  readonly key?: string | null;
  /** null: no Idempotency-Key; a fresh one with each POST unless said. */
  readonly idem?: string | null;
  readonly headers?: Record<string, string>;
}

export type Client = (method: string, path: string, options?: Options) => Promise<Answer>;

export function clientOf(url: () => string, adminKey: string): Client {
  return async (method, path, { body, key = adminKey, idem, headers = {} } = {}) => {
    const sent = new Headers(headers);
    if (key !== null && !sent.has('authorization')) sent.set('authorization', `Bearer ${key}`);
    if (typeof idem === 'string') sent.set('idempotency-key', idem);
    if (idem === undefined && method === 'POST') sent.set('idempotency-key', randomUUID());
    if (body !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json');
    const init = { method, headers: sent, redirect: 'manual' as const, signal: AbortSignal.timeout(120_000) };
    const payload =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array
        ? body
        : JSON.stringify(body);
    const response = await fetch(
      url() + path,
      payload === undefined ? init : { ...init, body: payload as string },
    );
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && method !== 'HEAD' ? JSON.parse(text) : null,
    };
  };
}
