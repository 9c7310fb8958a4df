// Bodies: JSON as JSON, also when it is empty (a DELETE that says it sends JSON), and nothing else unless a route asks.
import type { FastifyInstance } from 'fastify';

/** Prototype poisoning (`__proto__`, `constructor.prototype`) is refused by Fastify's own parser. */
export function registerJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body.length === 0) return done(null, undefined);
    void parse(request, body, (error, value) => {
      request.jsonBody = value;
      done(error, value);
    });
  });
}
