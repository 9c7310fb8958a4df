// One show on sale, 20,000 seats, everybody at once: holds over HTTP, durable, one seat each, beside a bare Fastify POST
// and a SKIP LOCKED booking table on the same Postgres. Each round sells a new show out and checks the log of it.
import { call, makeHall, makeShow, type Hall } from './harness/hall.ts';
import { load } from './harness/load.ts';
import { ADMIN_KEY, startEngine, startPostgres, startServer, type Server } from './harness/processes.ts';
import { compare, print, type Side } from './harness/rounds.ts';

const CONNECTIONS = 96;
const JSON_TYPE = { 'content-type': 'application/json' };

export async function hotShow({ rounds, quick }: { rounds: number; quick: boolean }): Promise<void> {
  const seats = quick ? 4_000 : 20_000;
  const postgres = await startPostgres();
  const engine = await startEngine(await postgres.database('engine'));
  const bare = await startServer('bench/baselines/bare-fastify.ts');
  const table = await startServer('bench/baselines/skip-locked.ts', {
    DATABASE_URL: await postgres.database('skip_locked'),
  });
  try {
    const hall = await makeHall(engine.url, seats);
    const sides = [
      engineSide(engine, hall),
      bareSide(bare, seats),
      skipLockedSide(table, quick ? 1_000 : 4_000),
    ];
    const result = await compare(sides, rounds, 'holds/s');
    print(
      `Hot show, ${seats.toLocaleString('en')} seats, ${CONNECTIONS} connections, durable, over HTTP`,
      'requests/s',
      result,
      { 'bare Fastify POST': 0.6, 'SKIP LOCKED table': 5 },
    );
  } finally {
    for (const server of [engine, bare, table]) await server.kill();
    await postgres.stop();
  }
}

function engineSide({ url }: Server, hall: Hall): Side {
  return {
    name: 'fairseat',
    async run() {
      const showId = await makeShow(url, hall);
      const { perSecond, byStatus } = await load({
        url,
        path: `/v1/shows/${showId}/holds`,
        method: 'POST',
        connections: CONNECTIONS,
        amount: hall.seatIds.length,
        headers: { ...JSON_TYPE, authorization: `Bearer ${ADMIN_KEY}` },
        body: (n) => JSON.stringify({ customerId: `c${n}`, seats: [hall.seatIds[n - 1]] }),
      });
      await checkSold(url, showId, hall, byStatus['201'] ?? 0);
      return perSecond;
    },
  };
}

/** Every acknowledged hold is in the log once, no seat is there twice, and all are sold. */
async function checkSold(url: string, showId: string, hall: Hall, acknowledged: number): Promise<void> {
  const held = new Set<string>();
  let events = 0;
  for (let from = 0; ; from += 1000) {
    const response = await fetch(`${url}/v1/streams/show-${showId}?from=${from}&limit=1000`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    const lines = (await response.text()).split('\n').filter(Boolean);
    for (const line of lines) {
      const event = JSON.parse(line) as { type: string; data: { seats: string[] } };
      if (event.type !== 'SeatsHeld') continue;
      events += 1;
      for (const seat of event.data.seats) {
        if (held.has(seat)) throw new Error(`seat ${seat} was sold twice`);
        held.add(seat);
      }
    }
    if (lines.length < 1000) break;
  }
  if (events !== acknowledged || held.size !== hall.seatIds.length) {
    throw new Error(
      `${acknowledged} acknowledged, ${events} in the log, ${held.size} of ${hall.seatIds.length} seats held`,
    );
  }
}

function bareSide({ url }: Server, amount: number): Side {
  const body = (n: number): string => JSON.stringify({ customerId: `c${n}`, seats: [`R1-${n % 100}`] });
  return {
    name: 'bare Fastify POST',
    run: async () =>
      (
        await load({
          url,
          path: '/holds',
          method: 'POST',
          connections: CONNECTIONS,
          amount,
          headers: JSON_TYPE,
          body,
        })
      ).perSecond,
  };
}

function skipLockedSide({ url }: Server, amount: number): Side {
  return {
    name: 'SKIP LOCKED table',
    async run() {
      await call(url, 'POST', '/rounds', { seats: 20_000 });
      const { perSecond, byStatus } = await load({
        url,
        path: '/holds',
        method: 'POST',
        connections: CONNECTIONS,
        amount,
        headers: JSON_TYPE,
        body: (n) => JSON.stringify({ customerId: `c${n}` }),
      });
      const { taken } = await call(url, 'GET', '/taken');
      if (taken !== byStatus['201'])
        throw new Error(`${byStatus['201']} acknowledged, ${taken} in the table`);
      return perSecond;
    },
  };
}
