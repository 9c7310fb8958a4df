// Sends a wish as an HTTP request over kept-alive connections, and reads the answer. Whatever leaves the outcome open is
// `unknown`: no answer in time, a broken connection, 5xx, what is no JSON.
import { Agent, request as send, type IncomingMessage } from 'node:http';
import { OUTAGE, type Answer, type Done, type Request } from '../history.ts';
import { UNSENT, type Unsent } from './recorder.ts';

export interface HttpCallerOptions {
  /** The engine to ask this time. */
  readonly url: () => string;
  readonly apiKey: string;
  readonly timeOutMs: number;
  /** Tells recordings in one database apart. */
  readonly name: string;
}

interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export class HttpCaller {
  readonly #options: HttpCallerOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(options: HttpCallerOptions) {
    this.#options = options;
  }

  async send(request: Request): Promise<Answer | Unsent> {
    const { method, path, body, headers } = this.#httpRequest(request);
    try {
      const answer = await this.#exchange({ method, path, body, headers }, request);
      if (answer.body === null) return { kind: 'unknown', why: `${answer.status} without JSON` };
      if (answer.status >= 500) return { kind: 'unknown', why: whyOf(answer) };
      return answer.status < 300 ? done(answer) : refused(answer.body);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ECONNREFUSED') return UNSENT;
      return { kind: 'unknown', why: code ?? message };
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #httpRequest({ wish, showId, asked }: Request): HttpRequest {
    const show = `/v1/shows/${showId}`;
    const customerId = `customer-${wish}`;
    const keyed = (path: string, body: unknown): HttpRequest => ({
      method: 'POST',
      path: `${show}/${path}`,
      body,
      headers: { 'idempotency-key': `${this.#options.name}-${wish}` },
    });
    switch (asked.does) {
      case 'hold':
        return keyed('holds', { customerId, seats: asked.seats });
      case 'hold-best':
        return keyed('holds', {
          customerId,
          bestAvailable: { categoryId: 'Stalls', quantity: asked.quantity, together: false },
        });
      case 'hold-places':
        return keyed('holds', { customerId, areas: [{ areaId: 'floor', quantity: asked.quantity }] });
      case 'confirm':
        return keyed(`holds/${asked.held.holdId}/confirm`, {});
      case 'cancel':
        return keyed(`bookings/${asked.bookingId}/cancel`, { reason: 'changed plans' });
      case 'join':
        return keyed('waitlist', { customerId, categoryId: 'Standing', quantity: asked.quantity });
      case 'release':
        return { method: 'DELETE', path: `${show}/holds/${asked.held.holdId}` };
      case 'leave':
        return { method: 'DELETE', path: `${show}/waitlist/${asked.entryId}` };
      case 'read-hold':
        return { method: 'GET', path: `${show}/holds/${asked.held.holdId}` };
      case 'read-booking':
        return { method: 'GET', path: `${show}/bookings/${asked.bookingId}` };
      case 'read-entry':
        return { method: 'GET', path: `${show}/waitlist/${asked.entryId}` };
      default: {
        const headers = { 'x-min-position': String(asked.after), prefer: 'wait=10' };
        return { method: 'GET', path: `${show}/availability`, headers };
      }
    }
  }

  #exchange({ method, path, body, headers }: HttpRequest, { requestId }: Request): Promise<HttpAnswer> {
    const { url, apiKey, timeOutMs } = this.#options;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = send(url() + path, {
        method,
        agent: this.#agent,
        headers: {
          authorization: `Bearer ${apiKey}`,
          'x-request-id': requestId,
          ...headers,
          ...(text !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(text),
          }),
        },
      });
      const late = setTimeout(() => sent.destroy(new Error('time-out')), timeOutMs);
      sent.on('error', (error) => {
        clearTimeout(late);
        reject(error);
      });
      sent.on('response', (response) => {
        readAll(response).then(
          (got) => {
            clearTimeout(late);
            const { 'idempotent-replayed': replayed, 'retry-after': retryAfter } = response.headers;
            const status = response.statusCode!;
            resolve({ status, body: jsonIn(got), replayed: replayed === 'true', retryAfter });
          },
          (error: Error) => {
            clearTimeout(late);
            reject(error);
          },
        );
      });
      sent.end(text);
    });
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  return text;
}

// oxlint-disable-next-line typescript/no-explicit-any -- bodies of every route
type Body = any;

/** null: there is no object in it. Of what broke off half-way nothing comes here. */
function jsonIn(text: string): Body {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' ? body : null;
  } catch {
    return null;
  }
}

interface HttpAnswer {
  readonly status: number;
  readonly replayed: boolean;
  readonly retryAfter: string | undefined;
  readonly body: Body;
}

/** An outage as the contract has it is a 503 that says when to come again; anything else is named. */
function whyOf({ status, retryAfter, body }: HttpAnswer): string {
  if (status !== 503) return `${status} ${body.code}`;
  return /^\d+$/.test(retryAfter ?? '') ? OUTAGE : `503 ${body.code} without Retry-After`;
}

function done({ body, replayed }: HttpAnswer): Answer {
  const { hold, booking, entry, revision, position, seats, seatCount } = body;
  const seen: Done = {
    ...(replayed && { replayed }),
    ...(revision !== undefined && { revision }),
    ...(position !== undefined && { position: Number(position) }),
    ...(hold && { hold: { id: hold.id, status: hold.status, seats: hold.seats, until: hold.until } }),
    ...(booking && { booking: { id: booking.id, status: booking.status } }),
    ...(entry && {
      entry: {
        id: entry.id,
        status: entry.status,
        ahead: entry.ahead,
        offer: entry.offer && { holdId: entry.offer.holdId, until: entry.offer.until },
      },
    }),
    ...(typeof seats === 'string' && { map: statesOf(Buffer.from(seats, 'base64'), seatCount) }),
  };
  return { kind: 'done', ...seen };
}

/** Two bits a seat, least significant first. */
export const statesOf = (bytes: Buffer, seatCount: number): number[] =>
  Array.from({ length: seatCount }, (_, i) => (bytes[i >> 2]! >> ((i & 3) * 2)) & 3);

function refused({ code, seats }: Body): Answer {
  return { kind: 'refused', code, ...(Array.isArray(seats) && { seats }) };
}
