// 404 for addresses that are none, 405 with Allow for those that do not take the method.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../answer/problem.ts';

interface Address {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Gives what answers a request that no route takes. Must come before the routes, so that it sees them all. */
export function registerNotFound(
  app: FastifyInstance,
): (request: FastifyRequest, reply: FastifyReply) => void {
  const addresses = new Map<string, Address>();
  app.addHook('onRoute', ({ url, method }) => {
    const address = addresses.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) address.methods.add(one);
    addresses.set(url, address);
  });
  const answer = (request: FastifyRequest, reply: FastifyReply): void => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = new Set(
      [...addresses.values()]
        .filter(({ pattern }) => pattern.test(path))
        .flatMap(({ methods }) => [...methods]),
    );
    if (allowed.size === 0 || allowed.has(request.method))
      return sendProblem(
        request,
        reply,
        'RouteNotFound',
        'Nothing is at this address; /openapi.json lists what there is.',
      );
    const allow = [...allowed].sort().join(', ');
    return sendProblem(
      request,
      reply.header('allow', allow),
      'MethodNotAllowed',
      `This address takes ${allow}.`,
    );
  };
  app.setNotFoundHandler(answer);
  return answer;
}

function patternOf(url: string): RegExp {
  const escaped = url.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/:[A-Za-z]+/g, '[^/]+').replace(String.raw`\*`, '.*')}$`);
}
