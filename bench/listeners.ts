// 5,000 browsers follow the map of a show that sells 20 times a second: how long until the last of them has seen a hold,
// and what does a listener cost? Beside it a bare server that writes as many bytes. Then again with a few who stall.
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Scenario } from './harness/bench.ts';
import { AUTHORISED, call, makeHall, makeShow, type Hall } from './harness/hall.ts';
import type { Heard, Listening } from './harness/audience.ts';
import { startEngine, startPostgres, startServer, type Server } from './harness/processes.ts';
import { race, type Measured, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';
import { memoryKb } from './steady.ts';

const DELTAS_PER_SECOND = 20;
const STALLED_PART = 0.01;
/** Blocking so many is the largest frame that is told as a delta: some 60 kB. */
const SEATS_STIRRED = 7_000;
const STIRS_MAX = 400;
/** Changes that follow more closely are told as one, and soon as a snapshot, which is small. */
const STIR_MS = 50;

export const listeners: Scenario = {
  what: '5,000 listeners of a map, 20 changes a second',
  async run(bench) {
    const count = bench.quick ? 200 : 5_000;
    const postgres = await startPostgres(bench.disk);
    const databaseUrl = await postgres.database('engine');
    const engine = await startEngine(databaseUrl);
    const bare = await startServer(['bench/baselines/bare-sse.ts']);
    try {
      const hall = await makeHall(engine.url, 20_000);
      const heard: { p99: number[]; kb: number[] } = { p99: [], kb: [] };
      const fairseat: Side = {
        name: 'fairseat',
        async run(round) {
          const { measured, p99 } = await tellFairseat(bench, engine, hall, { count, stalled: 0 });
          if (round > 0) {
            heard.p99.push(p99);
            heard.kb.push(await memoryOfEach(bench, databaseUrl, hall, count));
          }
          return measured;
        },
      };
      const writer: Side = { name: 'bare writer', run: () => tellBare(bench, bare, count) };
      await race(bench, {
        title: `SSE: ${count.toLocaleString('en')} listeners, ${DELTAS_PER_SECOND} changes/s: frames for each second of processor time`,
        unit: 'frames/CPU s',
        sides: [fairseat, writer],
        asked: { 'bare writer': 0.6 },
      });
      const stalled = Math.ceil(count * STALLED_PART);
      const { p99: stalledP99 } = await tellFairseat(bench, engine, hall, { count, stalled });
      const figure = (what: string, unit: string, values: number[], atMost?: number) =>
        bench.report.figure({
          title: `SSE, ${count.toLocaleString('en')} listeners`,
          what,
          unit,
          disk: bench.disk.name,
          value: spread(values),
          ...(atMost !== undefined && { asked: { atMost } }),
        });
      figure('acknowledged to the last listener, p99', 'ms', heard.p99);
      figure(`the same with ${stalled} listeners who read nothing`, 'ms', [stalledP99]);
      figure('memory (RSS) a listener, of a new process', 'kB', heard.kb, 25);
    } finally {
      await engine.kill();
      await bare.kill();
      await postgres.stop();
    }
  },
};

/** The listeners, a process of their own. */
async function audience(
  order: Listening,
): Promise<{ heard(changes: number): Promise<Heard>; leave(): void }> {
  const child = fork(new URL('harness/audience.ts', import.meta.url));
  const next = () => new Promise<never>((resolve) => child.once('message', (m) => resolve(m as never)));
  child.send(order);
  await next();
  return {
    async heard(changes) {
      child.send({ changes });
      return next();
    },
    leave: () => child.disconnect(),
  };
}

async function tellFairseat(
  bench: Bench,
  engine: Server,
  hall: Hall,
  { count, stalled }: { count: number; stalled: number },
) {
  const showId = await makeShow(engine.url, hall);
  const path = `/v1/shows/${showId}/availability/stream`;
  const idle =
    stalled > 0 ? await audience({ url: engine.url, path, count: stalled, reads: false }) : undefined;
  await untilBehind(engine, hall, showId, stalled);
  const reading = count - stalled;
  const crowd = await audience({ url: engine.url, path, count: reading, reads: true });
  const { told, acknowledged } = await sell20(bench, engine, hall, showId);
  const { lastMs, counts } = await crowd.heard(told.last);
  if ((await behind(engine)) < stalled) throw new Error('who read nothing were hung up on meanwhile');
  crowd.leave();
  idle?.leave();
  const late: number[] = [];
  for (const [revision, at] of acknowledged) {
    if (counts[revision] !== reading)
      throw new Error(`${counts[revision]} of ${reading} listeners heard of revision ${revision}`);
    late.push(Math.max(0, lastMs[revision]! - at));
  }
  return { measured: measuredOf(told, reading), p99: percentile(late, 0.99) };
}

/** Holds twenty times a second; with the moment at which each revision was acknowledged. */
async function sell20(bench: Bench, engine: Server, hall: Hall, showId: string) {
  const acknowledged = new Map<number, number>();
  const told = await told20(bench, engine, async (n) => {
    const { revision } = await call(engine.url, 'POST', `/v1/shows/${showId}/holds`, {
      customerId: `l${n}`,
      seats: [hall.seatIds[n]],
    });
    acknowledged.set(revision, performance.timeOrigin + performance.now());
    return revision as number;
  });
  return { told, acknowledged };
}

/**
 * By how much more a new process grows when so many follow the holds than when nobody does, in kB for each of them. Every
 * time a process of its own: later crowds find room that those before have left.
 */
async function memoryOfEach(bench: Bench, databaseUrl: string, hall: Hall, count: number): Promise<number> {
  const grownKb = async (listening: number): Promise<number> => {
    const engine = await startEngine(databaseUrl);
    try {
      const showId = await makeShow(engine.url, hall);
      await call(engine.url, 'GET', `/v1/shows/${showId}/availability`);
      const beforeKb = memoryKb(engine);
      const path = `/v1/shows/${showId}/availability/stream`;
      const crowd =
        listening > 0 && (await audience({ url: engine.url, path, count: listening, reads: true }));
      await sell20(bench, engine, hall, showId);
      const kb = memoryKb(engine) - beforeKb;
      if (crowd) crowd.leave();
      return kb;
    } finally {
      await engine.kill();
    }
  };
  return ((await grownKb(count)) - (await grownKb(0))) / count;
}

/** Goes on until what the system takes for who reads nothing is full, some 4 MB each: only then the engine has to bear it. */
async function untilBehind(engine: Server, hall: Hall, showId: string, stalled: number): Promise<void> {
  const seats = hall.seatIds.slice(0, SEATS_STIRRED);
  for (let stirs = 0; (await behind(engine)) < stalled; stirs += 1) {
    if (stirs > STIRS_MAX) throw new Error('nobody is behind, however much there is to read');
    for (const verb of ['block', 'unblock']) {
      await call(engine.url, 'POST', `/v1/shows/${showId}/${verb}`, { seats, reason: 'bench' });
      await sleep(STIR_MS);
    }
  }
}

async function behind(engine: Server): Promise<number> {
  const metrics = await (await fetch(`${engine.url}/metrics`, { headers: AUTHORISED })).text();
  return Number(/^fairseat_sse_listeners_behind (\d+)/m.exec(metrics)?.[1]);
}

async function tellBare(bench: Bench, bare: Server, count: number): Promise<Measured> {
  const crowd = await audience({ url: bare.url, path: '/', count, reads: true });
  const told = await told20(bench, bare, async (n) => {
    const change = { revision: n, changes: [[n, 1]], areas: {} };
    const text = `id: ${n}\nevent: delta\ndata: ${JSON.stringify(change)}\n\n`;
    await fetch(bare.url, { method: 'POST', body: text });
    return n;
  });
  const { counts } = await crowd.heard(told.last);
  crowd.leave();
  if (counts[told.last] !== count) throw new Error(`${counts[told.last]} of ${count} heard the last change`);
  return measuredOf(told, count);
}

interface Told {
  readonly changes: number;
  readonly last: number;
  readonly cpuSeconds: number;
}

const measuredOf = ({ changes, cpuSeconds }: Told, count: number): Measured => ({
  value: (changes * count) / cpuSeconds,
  cpu: { server: (cpuSeconds / (changes * count)) * 1_000, postgres: 0 },
});

/** Twenty times a second, for some seconds. */
async function told20(bench: Bench, server: Server, tell: (n: number) => Promise<number>): Promise<Told> {
  const changes = DELTAS_PER_SECOND * (bench.quick ? 1 : 5);
  const cpu = server.cpuSeconds();
  const began = performance.now();
  let last = 0;
  for (let n = 1; n <= changes; n += 1) {
    await sleep(Math.max(0, began + (n * 1_000) / DELTAS_PER_SECOND - performance.now()));
    last = await tell(n);
  }
  // The last frames are still being written.
  await sleep(500);
  return { changes, last, cpuSeconds: server.cpuSeconds() - cpu };
}
