// For those who run it: is the process alive, can it serve, what does it count. Open to whoever reaches the port; put a
// proxy in front to keep /metrics from the world.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ApiDependencies } from '../dependencies.ts';
import { sendProblem } from '../answer/problem.ts';
import { NO_STORE } from '../answer/security-headers.ts';
import { refused, succeeded } from '../route.ts';

const open = { tags: ['Operate'], security: [] };
const answers = {
  healthz: succeeded({ 200: z.object({ status: z.literal('ok') }) }),
  readyz: {
    ...succeeded({ 200: z.object({ status: z.literal('ready') }) }),
    ...refused(['Unavailable'], { url: '/readyz', operationId: 'readyz', scopes: [] }),
  },
  metrics: succeeded({ 200: 'text/plain' }),
};

export function operateRoutes(
  app: FastifyInstance,
  { readiness, metrics }: Pick<ApiDependencies, 'readiness' | 'metrics'>,
): void {
  app.get(
    '/healthz',
    {
      schema: { operationId: 'healthz', summary: 'The process answers', ...open } as never,
      config: { answers: answers.healthz },
    },
    (_request, reply) => reply.header('cache-control', NO_STORE).send({ status: 'ok' }),
  );

  app.get(
    '/readyz',
    {
      schema: { operationId: 'readyz', summary: 'It can serve', ...open } as never,
      config: { answers: answers.readyz },
    },
    async (request, reply) => {
      const reason = await readiness();
      if (reason === null) return reply.header('cache-control', NO_STORE).send({ status: 'ready' });
      return sendProblem(request, reply.header('retry-after', '1'), 'Unavailable', reason);
    },
  );

  app.get(
    '/metrics',
    {
      schema: { operationId: 'metrics', summary: 'Counters for Prometheus', ...open } as never,
      config: { answers: answers.metrics },
    },
    async (_request, reply) =>
      reply
        .header('cache-control', NO_STORE)
        .header('content-type', metrics.contentType)
        .send(await metrics.text()),
  );
}
