// The HTTP side of a process that serves no API: whether it lives, whether it can work, what it counts.
import Fastify, { type FastifyInstance } from 'fastify';
import type { ApiDependencies } from './dependencies.ts';
import { operateRoutes } from './routes/operate.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const BODY_LIMIT = 1_024;

export function createOperateServer(
  dependencies: Pick<ApiDependencies, 'readiness' | 'metrics'>,
): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: REQUEST_TIMEOUT_MS,
    // While it closes, whoever still gets through meets the same routes, not an answer of Fastify's own.
    return503OnClosing: false,
  });
  operateRoutes(app, dependencies);
  return app;
}
