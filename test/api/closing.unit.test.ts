// A server that closes ends its connections as soon as nothing is asked over them, and waits for what was begun.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { closingOf } from '../../src/api/closing.ts';

/** Longer than a test may take. */
const FOREVER_MS = 3_600_000;

async function listening() {
  const app = Fastify({
    keepAliveTimeout: FOREVER_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  });
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<string>();
  app.get('/', () => (asked.resolve(), answered.promise));
  const close = closingOf(app, systemClock);
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  return { app, port, asked: asked.promise, answer: answered.resolve, close };
}

async function heardOf(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  await once(socket, 'close');
  return heard;
}

test('what was begun is answered, and its connection ends then', async () => {
  const { port, asked, answer, close } = await listening();
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  await asked;
  const closed = close(FOREVER_MS);
  answer('at last');
  await closed;
  expect(await heard).toMatch(/^HTTP\/1\.1 200 OK[^]*at last$/);
});

test('a connection over which nothing was asked ends', async () => {
  const { app, port, close } = await listening();
  const accepted = once(app.server, 'connection');
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  await accepted;
  await close(FOREVER_MS);
  expect(await heard).toBe('');
});

test('who is never answered is hung up on in the end', async () => {
  const { port, asked, close } = await listening();
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  await asked;
  await close(150);
  expect(await heard).toBe('');
});

test('a connection that was asked over before brings one more request, is answered, and ends then', async () => {
  const { port, answer, close } = await listening();
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
  await systemClock.sleep(200);
  await ask();
  expect(open).toBe(true);
  await closed;
  expect(await heard).toMatch(
    /^HTTP\/1\.1 200 OK[^]*there[^]*HTTP\/1\.1 200 OK[^]*connection: close[^]*there$/i,
  );
});

test('and ends soon when it brings none', async () => {
  const { port, answer, close } = await listening();
  answer('there');
  const socket = connect(port, '127.0.0.1');
  const heard = heardOf(socket);
  const answered = once(socket, 'data');
  socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  await answered;
  let shut = false;
  const beganMs = systemClock.steady();
  await close(FOREVER_MS, () => (shut = true));
  expect(shut).toBe(true);
  expect(systemClock.steady() - beganMs).toBeLessThan(2_000);
  expect(await heard).toContain('there');
});
