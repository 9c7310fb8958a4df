// A sold-out show with 50,000 in line, and bookings that are cancelled: whoever is first in line is offered the seat, in
// the same commit as the cancellation. Nobody may be overtaken. Beside it a line as Redis would keep it, without rules.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Bench, Scenario } from './harness/bench.ts';
import { eventsOf } from './harness/booking.ts';
import { AUTHORISED, makeHall, makeShows, untilProjected } from './harness/hall.ts';
import { load, request, type LoadResult } from './harness/load.ts';
import { metered } from './harness/metered.ts';
import { startEngine, startPostgres, type BenchPostgres, type Server } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';

const CONNECTIONS = 128;
const CANCELLATIONS_PER_SECOND = 1_000;

export const waitlist: Scenario = {
  what: 'a long line served while bookings are cancelled',
  bothDisks: true,
  async run(bench) {
    const size = bench.quick
      ? { waiting: 1_000, each: 100, steady: 100 }
      : { waiting: 50_000, each: 1_500, steady: 3_000 };
    const postgres = await startPostgres(bench.disk);
    const engine = await startEngine(await postgres.database('engine'));
    const redis = await startRedis(bench);
    try {
      const bookings = size.each * (bench.rounds + 1) + size.steady;
      const show = await soldOutShow(engine.url, bookings, size.waiting);
      await raceLines(bench, { engine, postgres, redis, show, ...size });
      const steady = await load({
        url: engine.url,
        connections: CONNECTIONS,
        requests: show.cancellations(size.steady),
        perSecond: CANCELLATIONS_PER_SECOND,
      });
      mustBe(steady, '200');
      await checkLine(engine.url, show.showId, show.given());
      bench.report.figure({
        title: `Waitlist, ${CANCELLATIONS_PER_SECOND} cancellations/s, open loop`,
        what: 'from a cancellation to the committed offer, p99',
        unit: 'ms',
        disk: bench.disk.name,
        value: spread([percentile(steady.latenciesMs, 0.99)]),
        asked: { atMost: 50 },
      });
      bench.report.figure({
        title: 'Waitlist',
        what: `overtakes in ${show.given().toLocaleString('en')} offers`,
        unit: '',
        disk: bench.disk.name,
        value: spread([0]),
        asked: { atMost: 0 },
      });
    } finally {
      await redis?.stop();
      await engine.kill();
      await postgres.stop();
    }
  },
};

interface SoldOut {
  readonly showId: string;
  /** The next so many bookings, each to be cancelled. */
  cancellations(count: number): string[];
  /** How many were given so far: without a baseline there is no round of warming up. */
  given(): number;
}

const post = (path: string, key: string, body: unknown): string =>
  request('POST', path, { headers: { ...AUTHORISED, 'idempotency-key': key }, body });

function mustBe({ byStatus, statuses }: LoadResult, status: string): void {
  if (byStatus[status] !== statuses.length) throw new Error(`not all ${status}: ${JSON.stringify(byStatus)}`);
}

async function soldOutShow(url: string, seats: number, waiting: number): Promise<SoldOut> {
  const hall = await makeHall(url, seats);
  const [showId] = await makeShows(url, hall, 1);
  const path = `/v1/shows/${showId}`;
  const send = async (requests: string[]) => {
    const result = await load({ url, connections: CONNECTIONS, requests, keepBodies: true });
    mustBe(result, '201');
    return result.bodies.map((body) => JSON.parse(body) as Record<string, { id: string }>);
  };
  const holds = await send(
    hall.seatIds.map((seat, n) => post(`${path}/holds`, `h${n}`, { customerId: `b${n}`, seats: [seat] })),
  );
  const bookings = await send(
    holds.map(({ hold }, n) => post(`${path}/holds/${hold!.id}/confirm`, `c${n}`, {})),
  );
  const join = { categoryId: 'All', quantity: 1 };
  await send(
    Array.from({ length: waiting }, (_, n) =>
      post(`${path}/waitlist`, `w${n}`, { customerId: `w${n}`, ...join }),
    ),
  );
  await untilProjected(url);
  let next = 0;
  return {
    showId: showId!,
    given: () => next,
    cancellations: (count) =>
      bookings
        .slice(next, (next += count))
        .map(({ booking }, n) =>
          post(`${path}/bookings/${booking!.id}/cancel`, `x${next}-${n}`, { reason: 'ill' }),
        ),
  };
}

/** Every cancellation was followed by an offer to whoever had waited longest: the offers are the line's beginning, in order. */
async function checkLine(url: string, showId: string, cancelled: number): Promise<void> {
  const events = await eventsOf(url, showId);
  const line = events.filter(({ type }) => type === 'WaitlistJoined').map(({ data }) => data.customerId);
  const offered = events.filter(({ type }) => type === 'SeatsOffered').map(({ data }) => data.customerId);
  if (offered.length !== cancelled)
    throw new Error(`${cancelled} seats came free, ${offered.length} were offered`);
  const overtaken = offered.findIndex((customer, n) => customer !== line[n]);
  if (overtaken >= 0) throw new Error(`${line[overtaken]} was overtaken by ${offered[overtaken]}`);
}

interface Lines {
  readonly engine: Server;
  readonly postgres: BenchPostgres;
  readonly redis: RedisLine | undefined;
  readonly show: SoldOut;
  readonly waiting: number;
  readonly each: number;
}

async function raceLines(
  bench: Bench,
  { engine, postgres, redis, show, waiting, each }: Lines,
): Promise<void> {
  const fairseat: Side = {
    name: 'fairseat',
    async run() {
      const requests = show.cancellations(each);
      const result = await metered(
        { server: engine, postgres, settle: () => untilProjected(engine.url) },
        { url: engine.url, connections: CONNECTIONS, requests },
      );
      mustBe(result, '200');
      return result.measured;
    },
  };
  const raw: Side[] = redis
    ? [{ name: 'Redis ZPOPMIN, AOF always', run: () => redis.serve(waiting, each * 4) }]
    : [];
  await race(bench, {
    title: `Waitlist: ${waiting.toLocaleString('en')} in line, cancellation and offer in one commit, over HTTP`,
    unit: 'offers/s',
    sides: [fairseat, ...raw],
    asked: { 'Redis ZPOPMIN, AOF always': 0.25 },
  });
}

interface RedisLine {
  /** A line of so many, of whom some are served: offers a second. */
  serve(waiting: number, offers: number): Promise<{ value: number }>;
  stop(): Promise<void>;
}

async function startRedis(bench: Bench): Promise<RedisLine | undefined> {
  if (spawnSync('redis-server', ['--version']).error) {
    bench.report.notRun('Redis ZPOPMIN', 'there is no redis-server: apt-get install redis-server');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'fairseat-redis-'));
  const socket = join(folder, 'redis.sock');
  const flags = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const server = spawn('redis-server', [...flags, ...durable], {
    stdio: 'ignore',
    env: { ...process.env, ...bench.disk.env },
  });
  const redis = new Redis({ path: socket, enableAutoPipelining: true, retryStrategy: () => 50 });
  redis.on('error', () => {});
  while (redis.status !== 'ready') await sleep(20);
  return {
    async serve(waiting, offers) {
      await redis.flushall();
      const line = Array.from({ length: waiting }, (_, n) => [n, `w${n}`]).flat();
      for (let at = 0; at < line.length; at += 10_000)
        await redis.zadd('line', ...line.slice(at, at + 10_000));
      const began = performance.now();
      let [next, wrong] = [0, 0];
      const client = async () => {
        while (next < offers) {
          next += 1;
          const [customer] = await redis.zpopmin('line');
          if (customer === undefined) wrong += 1;
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, client));
      const seconds = (performance.now() - began) / 1_000;
      const left = await redis.zcard('line');
      if (wrong > 0 || left !== waiting - next) throw new Error(`${next} served, ${left} of ${waiting} left`);
      return { value: next / seconds };
    },
    async stop() {
      redis.disconnect();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
