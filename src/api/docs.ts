// `/openapi.json` and `/docs`, made when they are first asked for: what describes the routes is a fifth of all the code
// that a start would load, and a start after a crash is waited for.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Described, DocsServer } from './openapi.ts';

/** Headers of an answer that are made anew: of the connection, which is another, and the length of the body. */
const MADE_ANEW = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date', 'content-length']);
/** All that is passed on of a request's headers: who asks for a part is given the whole. */
const ASKED_BY = ['if-none-match', 'if-modified-since'] as const;

/** Must come before the routes that it describes. */
export function registerDocs(
  app: FastifyInstance,
  version: string,
  notFound: (request: FastifyRequest, reply: FastifyReply) => void,
): void {
  const described: Described[] = [];
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    if (method !== 'HEAD' && schema?.hide !== true) described.push({ method, url, schema, config });
  });
  let made: Promise<DocsServer> | undefined;
  const make = async (): Promise<DocsServer> =>
    (await import('./openapi.ts')).createDocsServer(described, version);
  const passOn = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const docs = await (made ??= make());
    const headers = ASKED_BY.flatMap((name) => {
      const value = request.headers[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    // Also for HEAD: Fastify leaves the body out and says how long it would be.
    const answer = await docs.inject({
      method: 'GET',
      url: request.url,
      headers: Object.fromEntries(headers),
    });
    // 403: dots that lead out of the folder of the page.
    if (answer.statusCode === 403 || answer.statusCode === 404) return notFound(request, reply);
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined && !MADE_ANEW.has(name)) reply.header(name, value);
    return reply.code(answer.statusCode).send(answer.statusCode === 304 ? undefined : answer.rawPayload);
  };
  const hidden = { schema: { hide: true }, config: {} };
  for (const url of ['/openapi.json', '/docs', '/docs/*']) app.get(url, hidden, passOn);
  app.get('/', hidden, (_request, reply) => reply.redirect('/docs', 302));
}
