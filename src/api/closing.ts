// How a server closes: what was begun is answered, and connections end once nothing is asked over them. Node looks for idle
// ones only once, at the beginning, and takes those over which nothing was asked yet, as browsers open in advance, for busy.
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { SteadyClock } from '../ports/clock.ts';

const LOOK_MS = 100;

/** Call it before the server listens. What it returns closes the server, and hangs up after `drainMaxMs`. */
export function closingOf(app: FastifyInstance, clock: SteadyClock): (drainMaxMs: number) => Promise<void> {
  const { server } = app;
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });

  async function endIdle(untilMs: number, closed: AbortSignal): Promise<void> {
    while (!closed.aborted) {
      // First of all what was on its way comes, or is answered.
      const leftMs = untilMs - clock.steady();
      await clock.sleep(Math.min(LOOK_MS, leftMs), closed);
      if (leftMs <= LOOK_MS) return server.closeAllConnections();
      server.closeIdleConnections();
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    }
  }

  return async (drainMaxMs) => {
    const closing = app.close();
    const closed = new AbortController();
    const ended = endIdle(clock.steady() + drainMaxMs, closed.signal);
    await closing.finally(() => closed.abort());
    await ended;
  };
}
