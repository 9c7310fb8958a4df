// Where a process is reached before it can work: alive, not ready and why, so that whoever watches it need not guess. One
// that serves no API stays there.
import type { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import { createOperateServer } from '../api/operate-server.ts';
import type { Engine } from './engine.ts';
import { listen } from './http.ts';
import { readinessOf } from './readiness.ts';
import type { Ends, Listening } from './running.ts';

const STARTING = 'This process is starting; it can work within seconds.';
export const DEMO_LOADING =
  'The demo is being loaded; the process can work when it is there (DEMO_DATA=off starts without it).';

export interface WaitingRoom extends Listening {
  /** What it waits for now, where all servers answer; null: for nothing any more. */
  waitsFor(reason: () => string | null): void;
  /** Lets go of the port; doing so twice does nothing. */
  leave(): Promise<void>;
}

/**
 * Listens where the settings say; StartRefused where that cannot be. `asked` aborts when the process is to stop. Whoever
 * asks for more than health, readiness and metrics is hung up on, so that a balancer passes on to another process.
 */
export async function openWaitingRoom(
  engine: Engine,
  metrics: PrometheusMetrics,
  { ends, asked }: { readonly ends: Ends; readonly asked?: AbortSignal | undefined },
): Promise<WaitingRoom> {
  let waiting = (): string | null => STARTING;
  const isShuttingDown = () => asked?.aborted === true;
  const readiness = readinessOf(engine, isShuttingDown, () => waiting());
  const app = createOperateServer({ readiness, metrics });
  app.addHook('onRequest', async (request, reply) => {
    if (waiting() === null || !request.is404) return;
    reply.hijack();
    request.raw.destroy();
  });
  let left: Promise<void> | null = null;
  const leave = () => (left ??= app.close());
  ends.push(leave);
  const url = await listen(app, engine.config);
  return { url, readiness, waitsFor: (reason) => void (waiting = reason), leave };
}
