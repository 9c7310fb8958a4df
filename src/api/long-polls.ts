// Requests that wait: each has a signal that says when to stop, because its reader has gone or the server shuts down.
import type { FastifyReply } from 'fastify';

export class LongPolls {
  readonly #open = new Set<AbortController>();
  #ended = false;

  get size(): number {
    return this.#open.size;
  }

  /** Aborts when the connection closes, the answer is sent, or `endAll` is called. */
  signalFor(reply: FastifyReply): AbortSignal {
    const stop = new AbortController();
    if (this.#ended) stop.abort();
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
