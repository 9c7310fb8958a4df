// Where a process is reached: it listens before it can work, alive and not ready with the reason, so that whoever watches it
// need not guess, and keeps the port until it ends.
import type { FastifyInstance } from 'fastify';
import type { Doors } from '../api/request/guard.ts';
import type { Config } from '../config.ts';
import { StartRefused } from '../ports/start-refused.ts';
import type { Engine } from './engine.ts';
import { readinessOf } from './readiness.ts';
import type { Ends, Listening } from './running.ts';

const STARTING = 'This process is starting; it can work within seconds.';

/** Why something in this process cannot work. */
type Refusal = () => string | null | Promise<string | null>;

export interface Entrance extends Listening {
  /** What it waits for now, where all servers answer. */
  waitsFor(reason: string): void;
  /** It can work, unless `refusal` says why not; what was begun before now ends after its last answer. */
  open(refusal?: Refusal): void;
}

/** The server, and how it ends after its last answer. */
export interface Answering {
  readonly app: FastifyInstance;
  /** Calls `shut` when nothing more is to be taken. */
  readonly stop: (shut: () => void) => Promise<void>;
}

export type MakeAnswering = (entrance: {
  readonly readiness: () => Promise<string | null>;
  readonly doors: () => Doors;
}) => Promise<Answering>;

/** Listens where the settings say; StartRefused where that cannot be. `asked` aborts when the process is to stop. */
export async function openEntrance(
  engine: Engine,
  { ends, asked }: { readonly ends: Ends; readonly asked?: AbortSignal | undefined },
  make: MakeAnswering,
): Promise<Entrance> {
  let doors: Doors = asked?.aborted === true ? 'closing' : 'opening';
  const shut = (): void => void (doors = 'closing');
  let stopping = doors === 'closing';
  let waiting: Refusal = () => STARTING;
  const readiness = readinessOf(
    engine,
    () => stopping,
    () => waiting(),
  );
  const { app, stop } = await make({ readiness, doors: () => doors });
  let stopped: Promise<void> | null = null;
  // Who is served already may have sent a request over a connection that is kept, and knows nothing yet.
  const onAsked = (): void => {
    stopping = true;
    if (doors === 'opening') shut();
  };
  const close = (): Promise<void> => {
    onAsked();
    return (stopped ??= stop(shut).finally(shut));
  };
  asked?.addEventListener('abort', onAsked, { once: true });
  ends.push(close);
  return {
    url: await listen(app, engine.config),
    readiness,
    waitsFor: (reason) => void (waiting = () => reason),
    open(refusal = () => null) {
      waiting = refusal;
      if (doors === 'opening') doors = 'open';
      ends.push(close);
    },
  };
}

type Address = Pick<Config, 'host' | 'port'>;

/** Says which setting to change where it cannot listen. */
async function listen(app: FastifyInstance, config: Address): Promise<string> {
  const { host, port } = config;
  await app.listen({ host, port }).catch((error: unknown) => refused(error, config));
  const address = app.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}

function refused(error: unknown, { host, port }: Address): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    throw new StartRefused(
      `PORT is ${port}, which another program on ${host} uses already; choose another PORT, or 0 for a free one.`,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EACCES')
    throw new StartRefused(`HOST ${host}, PORT ${port} cannot be listened on (${code}); choose others.`);
  throw error;
}
