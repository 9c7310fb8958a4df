// One show on sale, 20,000 seats, everybody at once in parties of one to four: holds over HTTP, durable, beside what
// people would otherwise build. Each round sells a new show out and checks that the log has what was acknowledged.
import { BASELINES, baselineSide, startBaselines } from './baselines/all.ts';
import type { Bench, Scenario } from './harness/bench.ts';
import { checkHolds, holdRequests, parties, type Party } from './harness/booking.ts';
import { makeHall, makeShow, untilProjected, type Hall } from './harness/hall.ts';
import { load } from './harness/load.ts';
import { metered } from './harness/metered.ts';
import { startEngine, startPostgres, type BenchPostgres, type Server } from './harness/processes.ts';
import { rowByRow } from './harness/raw-sql.ts';
import type { Comparison } from './harness/report.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';

const CONNECTIONS = 128;
const SEED = 1;
const BARE = 'bare Fastify POST';
/** Where a server is neither idle nor drowned: there latencies can be compared. */
const HALF_OF_PEAK = 0.5;
const LATENCY_ROUNDS = 3;
const COMMITS = 200;
const SEED_OF_THE_LATE = 2;

export const hotShow: Scenario = {
  what: 'holds on one show of 20,000 seats',
  bothDisks: true,
  async run(bench) {
    const seats = bench.quick ? 2_000 : 20_000;
    const postgres = await startPostgres(bench.disk);
    const engine = await startEngine(await postgres.database('engine'));
    const baselines = await startBaselines(bench, postgres);
    try {
      const hall = await makeHall(engine.url, seats);
      const wanted = parties(hall.seatIds, SEED);
      const engineSide = sellOut(engine, postgres, wanted, () => makeShow(engine.url, hall));
      const sides = [
        engineSide,
        ...baselines.map((b) => baselineSide(b, postgres, { wanted, connections: CONNECTIONS })),
      ];
      const asked = bench.disk.env['LD_PRELOAD'] ? 'slowDisk' : 'plainDisk';
      const comparisons = await race(bench, {
        title: `Hot show: ${seats.toLocaleString('en')} seats, parties of 1–4, ${CONNECTIONS} connections, durable, over HTTP`,
        unit: 'holds/s',
        sides,
        asked: Object.fromEntries(BASELINES.map((b) => [b.name, b[asked]])),
      });
      reportProcessorTime(bench, comparisons);
      const bare = baselines.find(({ name }) => name === BARE)!.server;
      const peak = comparisons[0]!.value.median;
      await reportLatencies(bench, { engine, bare, postgres, wanted, hall, peak });
    } finally {
      for (const server of [engine, ...baselines.map((b) => b.server)]) await server.kill();
      await postgres.stop();
    }
  },
};

/** What a durable hold costs, engine and Postgres together, to what a bare answer costs. */
function reportProcessorTime(bench: Bench, comparisons: readonly Comparison[]): void {
  const bare = comparisons.find(({ name }) => name === BARE)!.cpu!;
  const { server, postgres, afterwards } = comparisons[0]!.cpu!;
  for (const [what, cpu, asked] of [
    ['of engine and Postgres for each hold, to that of a bare POST', server + postgres, { atMost: 2 }],
    ['the same with the views that are caught up afterwards', server + postgres + afterwards, undefined],
  ] as const)
    bench.report.figure({
      title: 'Hot show, processor time',
      what,
      unit: '×',
      disk: bench.disk.name,
      value: spread([cpu / bare.server]),
      ...(asked && { asked }),
    });
}

interface Latencies {
  readonly engine: Server;
  readonly bare: Server;
  readonly postgres: BenchPostgres;
  readonly wanted: readonly Party[];
  readonly hall: Hall;
  readonly peak: number;
}

/** Open loop at half of the engine's peak, for it and for the bare handler alike. */
async function reportLatencies(bench: Bench, latencies: Latencies): Promise<void> {
  const { engine, bare, postgres, wanted, hall, peak } = latencies;
  const perSecond = Math.round(peak * HALF_OF_PEAK);
  const seen = { engine: new Percentiles(), bare: new Percentiles() };
  for (let round = 0; round < Math.min(bench.rounds, LATENCY_ROUNDS); round += 1) {
    const showId = await makeShow(engine.url, hall);
    await untilProjected(engine.url);
    const steady = { connections: CONNECTIONS, perSecond };
    const requests = holdRequests(`/v1/shows/${showId}/holds`, wanted, `steady-${round}`);
    const holds = await load({ ...steady, url: engine.url, requests });
    await checkHolds(engine.url, showId, wanted, holds.statuses);
    const plain = await load({
      ...steady,
      url: bare.url,
      requests: holdRequests('/holds', wanted, `b${round}`),
    });
    seen.engine.add(holds.latenciesMs);
    seen.bare.add(plain.latenciesMs);
  }
  const url = await postgres.database('one_commit');
  const { value: commits } = await rowByRow({ url, postgres, rows: COMMITS, clients: 1 });
  const commitMs = 1_000 / commits;
  const atMost = Number((2 * spread(seen.bare.p99).median + commitMs).toPrecision(3));
  const title = `Hot show at half of its peak (${perSecond.toLocaleString('en')}/s, open loop)`;
  for (const [what, ms, asked] of [
    ['p50 of a hold', seen.engine.p50, undefined],
    ['p50 of a bare POST', seen.bare.p50, undefined],
    ['p99 of a hold (asked: twice that of a bare POST and a commit)', seen.engine.p99, { atMost }],
    ['p99 of a bare POST', seen.bare.p99, undefined],
    ['a commit, one row by one client', [commitMs], undefined],
  ] as const)
    bench.report.figure({
      title,
      what,
      unit: 'ms',
      disk: bench.disk.name,
      value: spread(ms),
      ...(asked && { asked }),
    });
}

/** In ms, one of each round. */
class Percentiles {
  readonly p50: number[] = [];
  readonly p99: number[] = [];

  add(latenciesMs: Iterable<number>): void {
    this.p50.push(percentile(latenciesMs, 0.5));
    this.p99.push(percentile(latenciesMs, 0.99));
  }
}

function sellOut(
  engine: Server,
  postgres: BenchPostgres,
  wanted: readonly Party[],
  newShow: () => Promise<string>,
): Side {
  return {
    name: 'fairseat',
    async run(round) {
      const showId = await newShow();
      await untilProjected(engine.url);
      const { measured, statuses, byStatus } = await metered(
        { server: engine, postgres, settle: () => untilProjected(engine.url) },
        {
          url: engine.url,
          connections: CONNECTIONS,
          requests: holdRequests(`/v1/shows/${showId}/holds`, wanted, `round-${round}`),
        },
      );
      if (byStatus['201'] !== wanted.length)
        throw new Error(`every party can have its seats, but answers were ${JSON.stringify(byStatus)}`);
      await checkHolds(engine.url, showId, wanted, statuses);
      return measured;
    },
  };
}

/** The same show once it is sold out: every request is refused, from memory. */
export const refusals: Scenario = {
  what: 'holds that are refused, on a show that is sold out',
  bothDisks: true,
  async run(bench) {
    const postgres = await startPostgres(bench.disk);
    const engine = await startEngine(await postgres.database('engine'));
    const baselines = await startBaselines(bench, postgres, [BARE]);
    try {
      await raceRefusals(bench, { engine, postgres, bare: baselines[0]!.server });
    } finally {
      for (const server of [engine, ...baselines.map((b) => b.server)]) await server.kill();
      await postgres.stop();
    }
  },
};

async function raceRefusals(
  bench: Bench,
  { engine, postgres, bare }: { engine: Server; postgres: BenchPostgres; bare: Server },
): Promise<void> {
  const hall = await makeHall(engine.url, 20_000);
  const showId = await makeShow(engine.url, hall);
  const path = `/v1/shows/${showId}/holds`;
  const buyers = parties(hall.seatIds, SEED);
  const sold = await load({
    url: engine.url,
    connections: CONNECTIONS,
    requests: holdRequests(path, buyers, 's'),
  });
  if (sold.byStatus['201'] !== buyers.length) throw new Error(JSON.stringify(sold.byStatus));
  const late = parties(hall.seatIds, SEED_OF_THE_LATE).map((party) => ({
    ...party,
    customerId: `late-${party.customerId}`,
  }));
  const wanted = bench.quick ? late.slice(0, 1_000) : [...late, ...late];
  const side = (name: string, server: Server, target: string, status: number): Side => ({
    name,
    async run(round) {
      const { measured, byStatus } = await metered(
        { server, postgres },
        {
          url: server.url,
          connections: CONNECTIONS,
          requests: holdRequests(target, wanted, `late-${round}`),
        },
      );
      if (byStatus[status] !== wanted.length) throw new Error(`${name}: ${JSON.stringify(byStatus)}`);
      return measured;
    },
  });
  await untilProjected(engine.url);
  await race(bench, {
    title: `Refusals after selling out, ${CONNECTIONS} connections`,
    unit: 'answers/s',
    sides: [side('fairseat', engine, path, 409), side(BARE, bare, '/holds', 201)],
    asked: { [BARE]: 0.9 },
  });
  await checkHolds(engine.url, showId, buyers, sold.statuses);
}
