// What the running engine serves, as Fastify itself knows it: the routes, documented or not, and the HTTP server.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { startEngine } from '../api/running-engine.ts';
import type { RunningEngine } from '../api/running-engine.ts';

const CHANNEL = 'fastify.initialization';

export interface ServedEngine extends RunningEngine {
  /** `GET /v1/shows/{showId}` …; HEAD is left out where there is GET. */
  readonly routes: ReadonlySet<string>;
  readonly server: Server;
}

/** An engine, and what it serves. `prepare` may change the server before it listens: shorter time-outs, for example. */
export async function startServed(
  settings: Record<string, string> = {},
  prepare: (server: Server) => void = () => {},
): Promise<ServedEngine> {
  const apps = new Map<FastifyInstance, Set<string>>();
  const meet = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    const routes = new Set<string>();
    apps.set(fastify, routes);
    prepare(fastify.server);
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat())
        if (one !== 'HEAD') routes.add(`${one} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
  };
  subscribe(CHANNEL, meet);
  try {
    const engine = await startEngine(settings);
    // What listened while it started has let go of the port.
    const [served, ...others] = [...apps].filter(([{ server }]) => server.listening);
    if (served === undefined || others.length > 0) throw new Error('The engine must have one HTTP server.');
    const [{ server }, routes] = served;
    return { ...engine, url: engine.url, routes, server };
  } finally {
    unsubscribe(CHANNEL, meet);
  }
}
