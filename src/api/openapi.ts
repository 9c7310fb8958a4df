// The OpenAPI 3.1 document, made from the routes' own schemas, and the page that shows it.
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { describeHeaders, RESPONSE_HEADERS } from './openapi-headers.ts';
import type { Answering } from './openapi-headers.ts';
import { describeMedia, illustrate } from './openapi-media.ts';
import type { Answers, Exchanging } from './openapi-media.ts';
import { SharedExamples } from './openapi-problems.ts';

const TAGS = [
  { name: 'Browse', description: 'What everybody may look at, without a key.' },
  { name: 'Book', description: 'Holds, bookings and the waitlist, for front ends.' },
  { name: 'Manage', description: 'For organisers (scope `organize`).' },
  { name: 'Keys', description: 'API keys (scope `admin`).' },
  { name: 'Replay', description: 'The recorded events (scope `analyze`).' },
  { name: 'Operate', description: 'Health and metrics.' },
];

const schemaTransform = createJsonSchemaTransform({ skipList: [] });
const schemasTransform = createJsonSchemaTransformObject({});

interface Components {
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> };
}

type Operation = Answering & Exchanging & { readonly requestBody?: { required?: boolean } };
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Every named schema is one of answers: the twins that the transform makes for requests refer to nothing and nobody to them. */
function answersOnly<T extends object>(document: T & Components): T & Components {
  const { schemas = {}, ...components } = document.components ?? {};
  const named = Object.entries(schemas).filter(([name]) => !name.endsWith('Input'));
  illustrate(Object.fromEntries(named));
  return { ...document, components: { ...components, schemas: Object.fromEntries(named) } };
}

/** Of a route, what the plugin passes over. */
interface PassedOver {
  readonly body: z.ZodType | undefined;
  readonly answers: Answers | undefined;
}

/**
 * What the plugin cannot be told: which bodies may be left out (it says of every one that it must be there), examples, headers.
 * Gives the examples that several share, for the components.
 */
function complete(paths: Paths, routes: ReadonlyMap<unknown, PassedOver>): SharedExamples['byName'] {
  const shared = new SharedExamples();
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    const { operationId, requestBody } = operation;
    const { body, answers } = routes.get(operationId) ?? {};
    if (requestBody !== undefined && body instanceof z.ZodOptional) requestBody.required = false;
    describeMedia(operation, { taken: exampleOfBody(body), answers }, shared);
    describeHeaders(operation);
  }
  return shared.byName;
}

function exampleOfBody(body: z.ZodType | undefined): unknown {
  const inner = body instanceof z.ZodOptional ? body.unwrap() : body;
  const examples = (inner as z.ZodType | undefined)?.meta()?.['examples'];
  return Array.isArray(examples) ? examples[0] : undefined;
}

/** Of a route, what its page in the document is made from. */
export type Described = Pick<RouteOptions, 'method' | 'url' | 'schema' | 'config'>;
export type DocsServer = Pick<FastifyInstance, 'inject'>;

/** A server of its own that serves the document and its page, and nothing that it describes. */
export async function createDocsServer(routes: readonly Described[], version: string): Promise<DocsServer> {
  const app = Fastify({ logger: false });
  app.setValidatorCompiler(() => () => true);
  await registerOpenApi(app, version);
  await app.register(async (described) => {
    for (const route of routes) described.route({ ...route, exposeHeadRoute: false, handler: noneHere });
  });
  await registerPages(app);
  await app.ready();
  return app;
}

/** An address with dots in it may lead here from below /docs: whatever it asks for is not to be had from this server. */
const noneHere = (_request: FastifyRequest, reply: FastifyReply): void => reply.callNotFound();

async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  const routes = new Map<unknown, PassedOver>();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Fairseat',
        version,
        description:
          'Sells seats fairly. Errors are RFC 9457 problem documents whose `code` is a stable name.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: TAGS,
      components: {
        headers: RESPONSE_HEADERS,
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key: `Authorization: Bearer fs_live_…`',
          },
        },
      },
    } as never,
    transform: ({ schema, ...document }) => {
      const { answers } = document.route.config ?? {};
      routes.set(schema['operationId'], {
        body: schema.body instanceof z.ZodType ? schema.body : undefined,
        answers: answers as Answers | undefined,
      });
      // A body that is no JSON is not checked by a schema, but it is there.
      const body = schema.consumes === undefined ? {} : { body: z.string() };
      return schemaTransform({
        ...document,
        schema: { ...schema, ...body, ...(answers !== undefined && { response: answers }) },
      });
    },
    transformObject: (document) => {
      const transformed = answersOnly(schemasTransform(document));
      const examples = complete(transformed.paths as Paths, routes);
      Object.assign(transformed.components ?? {}, { examples });
      return transformed;
    },
  });
}

async function registerPages(app: FastifyInstance): Promise<void> {
  await app.register(async (docs) => {
    // The Content-Security-Policy is the page's own: it knows its scripts.
    await docs.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false });
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      theme: { title: 'Fairseat API' },
      staticCSP: true,
      // Whether there is TLS is for the proxy in front to say: over plain HTTP the page would stay blank.
      transformStaticCSP: (header) => header.replace(/;? *upgrade-insecure-requests/, ''),
      // Without the bar at the top, whose logo brings a style that the policy refuses.
      uiConfig: { layout: 'BaseLayout', persistAuthorization: false },
    });
  });
  let document: string | undefined;
  app.get('/openapi.json', { schema: { hide: true } as never, config: {} }, (_request, reply) => {
    document ??= JSON.stringify(app.swagger());
    return reply.header('content-type', 'application/json; charset=utf-8').send(document);
  });
}
