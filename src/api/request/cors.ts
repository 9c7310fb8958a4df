// Pages of other origins that may call (CORS): @fastify/cors answers preflights and adds its headers to the answer of every route.
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import {
  ALLOWED_METHODS,
  EXPOSED_HEADERS,
  isPreflight,
  PREFLIGHT_MAX_AGE_S,
} from '../answer/cross-origin.ts';
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
    methods: ALLOWED_METHODS,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_S,
  });
}
