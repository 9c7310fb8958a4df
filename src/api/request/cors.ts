// Pages of other origins that may call (CORS): @fastify/cors answers preflights and adds its headers to the answer of every route.
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { EXPOSED_HEADERS } from '../answer/cross-origin.ts';
import { SECURITY_HEADERS } from '../answer/security-headers.ts';

/** `origins`: as the setting names them; `*` is all. */
export async function registerCors(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS') return done();
    reply.headers(SECURITY_HEADERS).header('x-request-id', request.id);
    if (isPreflight(request)) return done();
    // The plugin would answer 400 in words of its own; without CORS this is 405 with Allow, or 404.
    reply.callNotFound();
  });
  await app.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  });
}

/** What browsers send before a request; any other OPTIONS is a method like the others. */
const isPreflight = ({ headers }: FastifyRequest): boolean =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
