// A server that closes ends its connections as soon as nothing is asked over them, and waits for what was begun.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { closingOf } from '../../src/api/closing.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** Longer than a test may take. */
const FOREVER_MS = 3_600_000;
const STEP_MS = 100;

async function listening() {
  const app = Fastify({
    keepAliveTimeout: FOREVER_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<string>();
  app.get('/', () => (asked.resolve(), answered.promise));
  const clock = new VirtualClock(0);
  const close = closingOf(app, clock);
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  return { app, port, asked: asked.promise, answer: answered.resolve, close, clock };
}

/** Lets time pass until it is over; gives how much that took. */
async function passUntil(over: Promise<void>, clock: VirtualClock): Promise<number> {
  const fromMs = clock.steady();
  let isOver = false;
  const ended = over.finally(() => (isOver = true));
  while (!isOver) await clock.pass(STEP_MS);
  await ended;
  return clock.steady() - fromMs;
}

async function heardOf(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  await once(socket, 'close');
  return heard;
}

test('what was begun is answered, and its connection ends then', async () => {
  const { port, asked, answer, close, clock } = await listening();
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  await asked;
  const closed = close(FOREVER_MS);
  answer('at last');
  await passUntil(closed, clock);
  expect(await heard).toMatch(/^HTTP\/1\.1 200 OK[^]*at last$/);
});

test('a connection over which nothing was asked ends', async () => {
  const { app, port, close, clock } = await listening();
  const accepted = once(app.server, 'connection');
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  await accepted;
  await passUntil(close(FOREVER_MS), clock);
  expect(await heard).toBe('');
});

test('who is never answered is hung up on in the end', async () => {
  const { port, asked, close, clock } = await listening();
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  await asked;
  expect(await passUntil(close(150), clock)).toBeGreaterThanOrEqual(150);
  expect(await heard).toBe('');
});

test('a connection that was asked over before brings one more request, is answered, and ends then', async () => {
  const { port, answer, close, clock } = await listening();
  answer('there');
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  const ask = async (): Promise<void> => {
    const answered = once(socket, 'data');
    socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
    await answered;
  };
  await ask();
  let open = true;
  const closed = close(FOREVER_MS, () => (open = false));
  await clock.pass(2 * STEP_MS);
  await ask();
  expect(open).toBe(true);
  await passUntil(closed, clock);
  expect(await heard).toMatch(
    /^HTTP\/1\.1 200 OK[^]*there[^]*HTTP\/1\.1 200 OK[^]*connection: close[^]*there$/i,
  );
});

test('and ends soon when it brings none', async () => {
  const { port, answer, close, clock } = await listening();
  answer('there');
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  const answered = once(socket, 'data');
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  await answered;
  let shut = false;
  const tookMs = await passUntil(
    close(FOREVER_MS, () => (shut = true)),
    clock,
  );
  expect(shut).toBe(true);
  expect(tookMs).toBeLessThan(10_000);
  expect(await heard).toContain('there');
});
