// How a server closes: what was begun is answered, and connections end once nothing is asked over them. Node looks for idle
// ones only once, at the beginning, when a proxy may be sending the next request over one, and takes those over which nothing
// was asked yet, as browsers open in advance, for busy.
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { SteadyClock } from '../ports/clock.ts';

const LOOK_MS = 100;
/** How long a connection that was asked over may bring one more request, whose answer says that it ends. */
const LINGER_MS_MAX = 500;

/**
 * Closes the server, and hangs up after `drainMaxMs`. Calls `shut` when idle connections end: until then what still comes over
 * them is to be served, for nobody else can do so.
 */
export type Close = (drainMaxMs: number, shut?: () => void) => Promise<void>;

/** Call it before the server listens. */
export function closingOf(app: FastifyInstance, clock: SteadyClock): Close {
  const { server } = app;
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });

  const endIdle = server.closeIdleConnections.bind(server);

  async function endConnections(drainMaxMs: number, shut: () => void, closed: AbortSignal): Promise<void> {
    const beganMs = clock.steady();
    const lingerMs = Math.min(LINGER_MS_MAX, drainMaxMs / 2);
    while (!closed.aborted) {
      // First of all what was on its way comes, or is answered.
      const leftMs = beganMs + drainMaxMs - clock.steady();
      await clock.sleep(Math.min(LOOK_MS, leftMs), closed);
      if (leftMs <= LOOK_MS) return server.closeAllConnections();
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
      if (clock.steady() - beganMs < lingerMs) continue;
      shut();
      endIdle();
    }
  }

  return async (drainMaxMs, shut = () => {}) => {
    server.closeIdleConnections = () => {}; // which Fastify and Node call at once
    const closing = app.close();
    const closed = new AbortController();
    const ended = endConnections(drainMaxMs, shut, closed.signal);
    await closing.finally(() => closed.abort());
    await ended;
  };
}
