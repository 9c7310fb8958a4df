// What a request's command is known by when it comes again.
import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { CommandContexts } from '../../../src/api/request/command-context.ts';

let count = 0;
const contexts = new CommandContexts(
  { now: () => 0, sleep: async () => {} },
  { uuid: () => `id-${(count += 1)}` },
  1_000,
);
const request = (keyed: boolean, showId = '1'): FastifyRequest =>
  ({
    id: 'request',
    method: 'PATCH',
    headers: { 'idempotency-key': 'key' },
    principal: { clientId: 'shop', actor: 'client:shop' },
    jsonBody: {},
    params: { showId },
    routeOptions: { url: '/v1/shows/:showId', config: { keyed } },
  }) as unknown as FastifyRequest;

it('an Idempotency-Key makes two requests one command where the route says so, and nowhere else', () => {
  const ids = (keyed: boolean) => [1, 2].map(() => contexts.of(request(keyed)).commandId);
  expect(new Set(ids(true)).size).toBe(1);
  expect(new Set(ids(false)).size).toBe(2);
  expect(contexts.of(request(true, '2')).commandId).not.toBe(ids(true)[0]);
  expect(contexts.of(request(false))).toMatchObject({ keyed: false, requestHash: '' });
});
