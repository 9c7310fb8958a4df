// Requests that wait: each has a signal that says when to stop, because its reader has gone or the server shuts down.
import type { FastifyReply } from 'fastify';
import { Fault } from '../../ports/fault.ts';

/** Requests that may wait at one time; one more is told to come back. */
const WAITING_MAX = 20_000;

export class LongPolls {
  readonly #open = new Set<AbortController>();
  #ended = false;

  get size(): number {
    return this.#open.size;
  }

  /** Aborts when the connection closes, the answer is sent, or `endAll` is called. Throws Overloaded when too many wait. */
  signalFor(reply: FastifyReply): AbortSignal {
    if (this.#open.size >= WAITING_MAX)
      throw new Fault('Overloaded', 'Too many requests wait for changes here; ask again in a few seconds.', {
        retryAfterS: 5,
      });
    const stop = new AbortController();
    // Who has hung up before now emits no 'close' any more.
    if (this.#ended || reply.raw.destroyed) {
      stop.abort();
      return stop.signal;
    }
    this.#open.add(stop);
    reply.raw.once('close', () => {
      this.#open.delete(stop);
      stop.abort();
    });
    return stop.signal;
  }

  /** Ends all, and those to come. */
  endAll(): void {
    this.#ended = true;
    for (const stop of this.#open) stop.abort();
  }
}
