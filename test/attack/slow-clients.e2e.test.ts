// Clients that take their time: half a request, a byte now and then, nothing at all, five hundred at once. They are hung up
// on, and everybody else is served meanwhile. The engine's own time-outs, made short.
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHall } from '../api/hall.ts';
import type { Hall } from '../api/hall.ts';
import { ADMIN_KEY } from '../api/running-engine.ts';
import { expectOthersUnharmed } from './others.ts';
import { openSocket } from './raw.ts';
import { startServed } from './served.ts';
import type { ServedEngine } from './served.ts';

const SOCKETS = 500;
const REQUESTS = 100;
const DRIP_MS = 400;
/** A machine may be busy; what is asked here is not speed. */
const SLOWLY = { timeout: 600_000 };
const LATE_MS = 2_000;

let engine: ServedEngine;
let hall: Hall;
let asConfigured: Pick<Server, 'headersTimeout' | 'requestTimeout' | 'timeout'> & { lateCheckMs: unknown };
beforeAll(async () => {
  engine = await startServed({}, (server) => {
    const { headersTimeout, requestTimeout, timeout } = server;
    const { connectionsCheckingInterval: lateCheckMs } = server as { connectionsCheckingInterval?: unknown };
    asConfigured = { headersTimeout, requestTimeout, timeout, lateCheckMs };
    Object.assign(server, {
      headersTimeout: LATE_MS,
      requestTimeout: LATE_MS,
      connectionsCheckingInterval: 100,
    });
  });
  hall = await openHall(engine.call, { seats: 100 });
});
afterAll(() => engine.stop());

interface Slow {
  readonly said: () => string;
  readonly closed: Promise<void>;
}

/** A connection that begins with `start` and then sends a byte at a time, for as long as it is let. */
async function drip(start: string, byte: string): Promise<Slow> {
  const socket: Socket = await openSocket(engine.url);
  let said = '';
  socket.on('data', (data) => (said += String(data)));
  socket.write(start);
  const dripping = byte === '' ? undefined : setInterval(() => socket.write(byte), DRIP_MS);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return { said: () => said, closed: closed.finally(() => clearInterval(dripping)) };
}

/** Milliseconds of each of some requests one after another, all of which must be answered well. */
async function othersTimes(): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < REQUESTS; i += 1) {
    const begun = performance.now();
    const answer = await engine.call('GET', hall.path, { key: null });
    expect(answer.status).toBe(200);
    times.push(performance.now() - begun);
  }
  return times;
}

const HEADERS = 'GET /v1/events HTTP/1.1\r\nHost: x\r\nX-Slow: ';
const BODY = `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Length: 9999\r\n\r\n{`;
const late = (bytes: number): string =>
  BODY.replace('Bearer x', `Bearer ${ADMIN_KEY}\r\nContent-Type: application/json`).replace(
    '9999',
    String(bytes),
  );

describe('five hundred connections', SLOWLY, () => {
  test.each([
    ['that send their headers byte by byte', HEADERS, 'x'],
    ['that send nothing at all', '', ''],
    ['that stop in the middle of their headers', HEADERS, ''],
  ])('%s are hung up on, and others are served meanwhile', async (what, start, byte) => {
    let slow: Slow[] = [];
    const allClosed = () => Promise.all(slow.map(({ closed }) => closed));
    await expectOthersUnharmed(
      `${SOCKETS} connections ${what}`,
      async () => {
        await allClosed();
        return othersTimes();
      },
      async () => {
        slow = await Promise.all(Array.from({ length: SOCKETS }, () => drip(start, byte)));
        return othersTimes();
      },
    );
    await allClosed();
    const answers = new Set(slow.map(({ said }) => said().slice(0, 12)));
    expect([...answers]).toEqual(['HTTP/1.1 408']);
  });

  test('that send their bodies byte by byte are hung up on, and leave nothing', async () => {
    const slow = await Promise.all(Array.from({ length: SOCKETS }, () => drip(BODY, ' ')));
    await othersTimes();
    await Promise.all(slow.map(({ closed }) => closed));
    await expect.poll(() => connectionsOf(engine.server)).toBeLessThan(20);
  });
});

test.each([
  ['in the middle of a body', late(9_999), 'HTTP/1.1 408'],
  ['after a body that nobody reads', BODY, 'HTTP/1.1 401'],
  ['after a body that was too large', late(9_999_999), 'HTTP/1.1 413'],
  ['after headers that were too large', `${HEADERS}${'x'.repeat(20_000)}`, 'HTTP/1.1 431'],
  ['after what was no HTTP', 'GET /v1/events HTTP/9.9\r\n', 'HTTP/1.1 400'],
])(
  'who does not hang up when told to, %s, is hung up on',
  { timeout: 12_000 },
  async (_where, start, answer) => {
    const { hostname, port } = new URL(engine.url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    let said = '';
    socket.on('data', (data) => (said += String(data)));
    socket.on('error', () => {});
    socket.write(start);
    const dripping = setInterval(() => socket.write('x'), DRIP_MS);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await closed.finally(() => clearInterval(dripping));
    expect(said.slice(0, answer.length)).toBe(answer);
  },
);

test('as it is configured, headers must be there within 10 s, a request within a minute, and silence ends', () => {
  expect(asConfigured).toEqual({
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    timeout: 600_000,
    lateCheckMs: 2_000,
  });
});

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
