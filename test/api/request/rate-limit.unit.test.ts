// The windows in which requests are counted, on a clock that is moved and put.
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import type { ApiProblem } from '../../../src/api/errors.ts';
import { registerRateLimits } from '../../../src/api/request/rate-limit.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

test('a window ends after a minute though the clock was put back an hour meanwhile', async () => {
  const clock = new VirtualClock(1_000_000);
  const app = Fastify();
  const limit = await registerRateLimits(app, { perKey: 1, perAddress: 1 }, clock);
  app.get('/', (request, reply) =>
    limit(request, reply, 'address').then(
      () => 'counted',
      ({ code }: ApiProblem) => code,
    ),
  );
  const ask = async () => (await app.inject('/')).body;
  expect([await ask(), await ask()]).toEqual(['counted', 'RateLimited']);
  clock.putMs = -3_600_000;
  clock.nowMs += 59_999;
  expect(await ask()).toBe('RateLimited');
  clock.nowMs += 1;
  expect(await ask()).toBe('counted');
});

test('no answer says that a window lasts longer than it does', async () => {
  // Here now + 60,000 − now is a trace above 60,000.
  const clock = new VirtualClock(1_000_000.1);
  const app = Fastify();
  const limit = await registerRateLimits(app, { perKey: 2, perAddress: 2 }, clock);
  app.get('/', async (request, reply) => {
    await limit(request, reply, 'address');
    return 'counted';
  });
  expect((await app.inject('/')).headers['ratelimit']).toBe('"address";r=1;t=60');
});
