// Bytes without end: bodies, headers, nesting, listeners far behind. What is refused is refused early, and the memory
// of the engine, a process of its own here, stays where it was.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, startEngine } from '../../bench/harness/processes.ts';
import type { Server } from '../../bench/harness/processes.ts';
import { clientOf } from '../api/client.ts';
import type { Client } from '../api/client.ts';
import { done, openHall } from '../api/hall.ts';
import { expectRefused } from '../api/refusal.ts';
import { createDatabase } from '../support/postgres.ts';
import type { TestDatabase } from '../support/postgres.ts';
import { Follower } from './follower.ts';
import { openSocket, sendRaw } from './raw.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** What garbage and one largest body may add for a moment. */
const GROWTH_MAX = 400 * MIB;

let home: TestDatabase;
let engine: Server;
let call: Client;
beforeAll(async () => {
  home = await createDatabase();
  engine = await startEngine(home.url);
  call = clientOf(() => engine.url, ADMIN_KEY);
});
afterAll(async () => {
  await engine.kill();
  await home.drop();
});

/** Resident memory of the engine, bytes; null where the system does not tell. */
function memory(): number | null {
  try {
    const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${engine.pid}/status`, 'utf8'))!;
    return Number(kib) * 1024;
  } catch {
    return null;
  }
}

/** Does it, and gives by how much the engine's memory has grown at most meanwhile; 0 where that cannot be seen. */
async function growthDuring(act: () => Promise<unknown>): Promise<number> {
  const before = memory();
  let most = before ?? 0;
  const watching = setInterval(() => (most = Math.max(most, memory() ?? 0)), 20);
  await act();
  clearInterval(watching);
  return before === null ? 0 : most - before;
}

const head = (path: string, headers: string[], key: string | null = ADMIN_KEY): string => {
  const who = key === null ? [] : [`Authorization: Bearer ${key}`];
  return [`POST ${path} HTTP/1.1`, 'Host: x', ...who, ...headers, '', ''].join('\r\n');
};

/** Sends chunks of a body until somebody hangs up or `bytesMax` are sent; gives the bytes sent and what was said. */
async function pour(
  path: string,
  type: string,
  bytesMax: number,
  key: string | null = ADMIN_KEY,
): Promise<{ sent: number; said: string }> {
  const socket: Socket = await openSocket(engine.url);
  let said = '';
  let isClosed = false;
  socket.on('data', (data) => (said += String(data)));
  const closed = new Promise<void>((resolve) => socket.once('close', resolve)).then(() => (isClosed = true));
  socket.write(head(path, [`Content-Type: ${type}`, 'Transfer-Encoding: chunked'], key));
  const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);
  let sent = 0;
  while (!isClosed && sent < bytesMax) {
    sent += chunk.length;
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain').catch(() => {}), closed]);
  }
  socket.destroy();
  return { sent, said };
}

describe('a body', () => {
  test('of 10 GiB, announced, is refused before any of it is sent', async () => {
    for (const [path, type] of [
      ['/v1/events', 'application/json'],
      ['/v1/imports', 'application/xml'],
      [`/v1/venues/00000000-0000-4000-8000-000000000000/seating-plans`, 'application/json'],
    ] as const) {
      const answer = await sendRaw(
        engine.url,
        head(path, [`Content-Type: ${type}`, `Content-Length: ${10 * GIB}`, 'Idempotency-Key: x']),
      );
      expect([answer.statuses, answer.closed], answer.text).toEqual([[413], true]);
    }
  });

  test.each([
    ['/v1/events', 'application/json', 1],
    ['/v1/imports', 'application/xml', 32],
  ])(
    'of 1 GiB, not announced, is cut off soon after the limit of %s, in flat memory',
    async (path, type, limit) => {
      let poured = { sent: 0, said: '' };
      const growth = await growthDuring(async () => (poured = await pour(path, type, GIB)));
      expect(poured.said).toMatch(/^HTTP\/1\.1 413 /);
      // What the system itself keeps of a connection comes on top.
      expect(poured.sent).toBeLessThan((limit + 32) * MIB);
      expect(growth).toBeLessThan(GROWTH_MAX);
    },
  );

  test('of somebody without a key is refused unread, and what still comes is thrown away', async () => {
    let poured = { sent: 0, said: '' };
    const growth = await growthDuring(async () => {
      poured = await pour('/v1/imports', 'application/xml', 128 * MIB, null);
    });
    expect(poured.said).toMatch(/^HTTP\/1\.1 401 /);
    expect(growth).toBeLessThan(GROWTH_MAX / 4);
  });

  test('nested deeper than a hundred is refused, before the time is taken to read it', async () => {
    const { venue } = await done(
      call('POST', '/v1/venues', { body: { name: 'Hall', timeZone: 'UTC', city: 'Madrid' } }),
      201,
    );
    const plans = `/v1/venues/${venue.id}/seating-plans`;
    const areas = '"areas":[{"id":"a","name":"A","categoryId":"S","capacity":1}]';
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    const object = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
    const ignored = (inner: string) => `{${areas},"plan":{"zones":[],"categories":[],"x":${inner}}}`;
    const cases: [path: string, body: string][] = [
      ['/v1/events', nested(500_000)],
      ['/v1/events', object(150_000)],
      ['/v1/events', `{"title":${JSON.stringify('\\"[')},"tags":${nested(400_000)}}`],
      [plans, ignored(object(5_000_000))],
      [plans, ignored(nested(20_000_000))],
    ];
    const growth = await growthDuring(async () => {
      for (const [path, body] of cases) {
        const problem = expectRefused(await call('POST', path, { body }), 400, 'InvalidRequest');
        expect(problem.errors[0].code, body.slice(0, 60)).toBe('tooDeep');
      }
    });
    expect(growth).toBeLessThan(GROWTH_MAX);
    const brackets = JSON.stringify('[{"'.repeat(30_000));
    const bodies = [ignored(object(90)), ignored(brackets), ignored(`[${'[],'.repeat(9_999)}[]]`)];
    for (const body of bodies) expect((await call('POST', plans, { body })).status).toBe(201);
  });

  test('that says it is compressed is not unpacked', async () => {
    const answer = await call('POST', '/v1/imports', {
      body: Buffer.from('1f8b0800000000000003', 'hex'),
      headers: { 'content-type': 'application/xml', 'content-encoding': 'gzip' },
    });
    expect([answer.status, answer.body.code]).toEqual([415, 'UnsupportedMediaType']);
  });
});

describe('headers', () => {
  test('too long, too many, or an address too long, are refused and hung up on', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => `X-${i}: ${i}`);
    for (const bytes of [
      head('/v1/events', [`X-Long: ${'x'.repeat(MIB)}`]),
      head('/v1/events', many),
      head(`/v1/${'x'.repeat(100_000)}`, []),
      head(`/v1/events?${'limit=1&'.repeat(10_000)}`, []),
    ]) {
      const answer = await sendRaw(engine.url, bytes);
      expect([answer.statuses, answer.closed], answer.text).toEqual([[431], true]);
    }
  });
});

describe('two hundred listeners', () => {
  const LISTENERS = 200;
  const SEATS = 10_000;
  /** Each is some 100 kB as a delta. */
  const CHANGES = 48;

  test('that come back from far behind and read nothing get the map, not each a copy of all changes', async () => {
    const hall = await openHall(call, { seats: SEATS });
    const seats = Array.from({ length: SEATS }, (_, i) => `A-${i + 1}`);
    const { revision } = (await call('GET', `${hall.path}/availability`)).body;
    for (let i = 0; i < CHANGES; i += 1) {
      const verb = i % 2 === 0 ? 'block' : 'unblock';
      await done(call('POST', `${hall.path}/${verb}`, { body: { seats, reason: 'a test' } }), 200);
    }
    const listening = async () =>
      /fairseat_sse_listeners (\d+)/.exec((await call('GET', '/metrics')).text)?.[1];
    const comeBack = () => Follower.join(engine.url, hall.path, { 'last-event-id': String(revision) });
    let back: Follower[] = [];
    const growth = await growthDuring(async () => {
      back = await Promise.all(Array.from({ length: LISTENERS }, comeBack));
      await expect.poll(listening).toBe(String(LISTENERS));
    });
    for (const one of back) one.leave();
    expect(growth, `grew by ${Math.round(growth / MIB)} MiB`).toBeLessThan(GROWTH_MAX / 4);
  });
});
