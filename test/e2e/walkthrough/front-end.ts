// A front end as a stranger would write one: fetch, an API key, an Idempotency-Key on every POST, nothing else.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are read as a front end in plain JavaScript would
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly replayed: boolean;
}

export class FrontEnd {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(120_000),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      body: isJson && text !== '' ? JSON.parse(text) : text,
      replayed: response.headers.get('idempotent-replayed') === 'true',
    };
  }

  /** The body of an answer that must have this status. */
  async ok(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    status = method === 'POST' ? 201 : 200,
  ): Promise<Json> {
    const answer = await this.send(method, path, body, headers);
    assert.equal(
      answer.status,
      status,
      `${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`,
    );
    return answer.body;
  }

  get(path: string, position?: string): Promise<Json> {
    return this.ok(
      'GET',
      path,
      undefined,
      position === undefined ? {} : { 'x-min-position': position, prefer: 'wait=10' },
    );
  }

  /** A refusal that must have this code. */
  async refused(code: string, method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await this.send(method, path, body);
    assert.ok(answer.status >= 400, `${method} ${path} was not refused`);
    assert.equal(answer.body.code, code, `${method} ${path} answered ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

/** How many of a map's seats are in each state: free, held, booked, blocked. */
export function countSeats({
  seats,
  seatCount,
}: {
  seats: string;
  seatCount: number;
}): [number, number, number, number] {
  const bytes = Buffer.from(seats, 'base64');
  const counts: [number, number, number, number] = [0, 0, 0, 0];
  for (let i = 0; i < seatCount; i += 1)
    counts[((bytes[i >> 2]! >> ((i & 3) * 2)) & 3) as 0 | 1 | 2 | 3] += 1;
  return counts;
}
