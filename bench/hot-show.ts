// One show on sale, 20,000 seats, everybody at once in parties of one to four: holds over HTTP, durable, beside what
// people would otherwise build. Each round sells a new show out and checks that the log has what was acknowledged.
import { BASELINES, baselineSide, startBaselines } from './baselines/all.ts';
import type { Bench, Scenario } from './harness/bench.ts';
import { checkHolds, holdRequests, parties, type Party } from './harness/booking.ts';
import { makeHall, makeShow, untilProjected } from './harness/hall.ts';
import { load } from './harness/load.ts';
import { metered } from './harness/metered.ts';
import { startEngine, startPostgres, type BenchPostgres, type Server } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';

const CONNECTIONS = 128;
const SEED = 1;
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
      await race(bench, {
        title: `Hot show: ${seats.toLocaleString('en')} seats, parties of 1–4, ${CONNECTIONS} connections, durable, over HTTP`,
        unit: 'holds/s',
        sides,
        asked: Object.fromEntries(BASELINES.map((b) => [b.name, b[asked]])),
      });
    } finally {
      for (const server of [engine, ...baselines.map((b) => b.server)]) await server.kill();
      await postgres.stop();
    }
  },
};

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
    const baselines = await startBaselines(bench, postgres, ['bare Fastify POST']);
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
    sides: [side('fairseat', engine, path, 409), side('bare Fastify POST', bare, '/holds', 201)],
    asked: { 'bare Fastify POST': 0.9 },
  });
  await checkHolds(engine.url, showId, buyers, sold.statuses);
}
