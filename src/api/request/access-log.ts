// A line for each request, for whoever looks for something: only at LOG_LEVEL=debug, as it costs more than most requests.
// The route and not the address: ids and queries stay out of the log.
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

export function registerAccessLog(app: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('debug')) return;
  app.addHook('onResponse', (request, reply, done) => {
    const { method, id: requestId } = request;
    const line = { requestId, method, route: request.routeOptions.url, status: reply.statusCode };
    logger.debug({ ...line, ms: Math.round(reply.elapsedTime * 10) / 10 }, 'answered');
    done();
  });
}
