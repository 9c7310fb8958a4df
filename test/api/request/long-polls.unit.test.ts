// Requests that wait, of real connections: which of them are counted, and until when.
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LongPolls } from '../../../src/api/request/long-polls.ts';

let polls: LongPolls;
let signals: AbortSignal[];
let app: FastifyInstance;
let url: string;
/** What is awaited before the wait begins, and how many requests have come so far. */
let first: Promise<unknown>;
let arrived: number;
beforeEach(async () => {
  polls = new LongPolls();
  signals = [];
  first = Promise.resolve();
  arrived = 0;
  app = Fastify({ forceCloseConnections: true });
  app.get('/', async (_request, reply) => {
    arrived += 1;
    await first;
    const signal = polls.signalFor(reply);
    signals.push(signal);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return 'over';
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => app.close());

/** Asks; the signal given hangs up. */
const ask = (signal: AbortSignal): Promise<number> =>
  fetch(url, { signal }).then(
    ({ status }) => status,
    () => 0,
  );

test('who hangs up while waiting waits no longer', async () => {
  const client = new AbortController();
  const asked = ask(client.signal);
  await expect.poll(() => polls.size).toBe(1);
  client.abort();
  await asked;
  await expect.poll(() => [polls.size, signals[0]!.aborted]).toEqual([0, true]);
});

test('who hung up before the wait began is not waited for', async () => {
  const client = new AbortController();
  let goOn = () => {};
  first = new Promise<void>((resolve) => (goOn = resolve));
  let closed = false;
  app.server.once('connection', (socket) => socket.once('close', () => (closed = true)));
  const asked = ask(client.signal);
  await expect.poll(() => arrived).toBe(1);
  client.abort();
  await asked;
  await expect.poll(() => closed).toBe(true);
  goOn();
  await expect.poll(() => signals.length).toBe(1);
  expect([polls.size, signals[0]!.aborted]).toEqual([0, true]);
});

test('once all are ended, nobody waits any more', async () => {
  const { signal } = new AbortController();
  const asked = ask(signal);
  await expect.poll(() => polls.size).toBe(1);
  polls.endAll();
  expect([await asked, await ask(signal)]).toEqual([200, 200]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  await expect.poll(() => polls.size).toBe(0);
});
