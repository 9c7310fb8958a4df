// The load generator tells what a server did: every status, every body, and how long it was made to wait.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { load, request } from '../../bench/harness/load.ts';
import { percentile } from '../../bench/harness/spread.ts';

const STALL_MS = 400;
let server: Server;
let url: string;
let stalledUntil = 0;

beforeAll(async () => {
  server = createServer((incoming, response) => {
    const target = incoming.url!;
    if (target === '/break') incoming.socket.destroy();
    else if (target === '/unchanged') response.writeHead(304).end();
    else if (target === '/stall') {
      stalledUntil = Math.max(stalledUntil, performance.now() + STALL_MS);
      response.setHeader('content-length', 0);
      response.end();
    } else {
      const body = target.repeat(target === '/long' ? 40_000 : 1);
      const answer = () =>
        response.writeHead(target === '/no' ? 409 : 200, { 'content-length': body.length }).end(body);
      setTimeout(answer, Math.max(0, stalledUntil - performance.now()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const get = (path: string): string => request('GET', path);

test('each request has its own status and body, whatever its length', async () => {
  const requests = ['/a', '/no', '/long', '/unchanged', '/b'].map(get);
  const { statuses, bodies, byStatus } = await load({ url, connections: 2, requests, keepBodies: true });
  expect([...statuses]).toEqual([200, 409, 200, 304, 200]);
  expect(bodies.map((body) => body.length)).toEqual([2, 3, 200_000, 0, 2]);
  expect(byStatus).toEqual({ 200: 3, 304: 1, 409: 1 });
});

test('a connection that breaks is an answer of its own, and the rest goes on', async () => {
  const requests = ['/a', '/break', '/b', '/break', '/c'].map(get);
  const { statuses } = await load({ url, connections: 1, requests });
  expect([...statuses]).toEqual([200, 0, 200, 0, 200]);
});

test('in an open loop, those who fell due during a stall are counted from when they were due', async () => {
  const requests = Array.from({ length: 300 }, (_, n) => get(n === 50 ? '/stall' : '/a'));
  const { latenciesMs, seconds } = await load({ url, connections: 4, requests, perSecond: 300 });
  // A closed loop would see four slow answers; here all that were due in the meantime waited.
  const slow = latenciesMs.filter((ms) => ms > STALL_MS / 4);
  expect(slow.length).toBeGreaterThan(50);
  expect(percentile(latenciesMs, 1)).toBeGreaterThan(STALL_MS * 0.8);
  expect(seconds).toBeGreaterThan(0.9);
});
