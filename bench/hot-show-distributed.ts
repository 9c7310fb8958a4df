// A hot show through the distributed profile beside the embedded one on the same machine: the same holds over HTTP, the log
// in the STAND-IN for EventStoreDB, every role a process of its own. What bounds it is told by processor time.
import type { Bench, Scenario } from './harness/bench.ts';
import { checkHolds, holdRequests, parties } from './harness/booking.ts';
import { startDistributed, type Distributed } from './harness/distributed.ts';
import { AUTHORISED, call, makeHall, makeShow, untilProjected } from './harness/hall.ts';
import { metered, type Meter } from './harness/metered.ts';
import { startEngine } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { spread } from './harness/spread.ts';

const CONNECTIONS = 128;
const SEED = 1;
const PROFILE = 'distributed, EventStoreDB a stand-in';

export const hotShowDistributed: Scenario = {
  what: 'holds on one show of 20,000 seats through the distributed profile',
  async run(bench) {
    const seats = bench.quick ? 2_000 : 20_000;
    const world = await startDistributed(bench, 'hot-show-distributed', ['kafka', 'eventstore']);
    if (world === null) return;
    const embedded = await startEngine(await world.postgres.database('embedded'));
    try {
      await world.role('relay');
      await world.role('projector');
      const api = await world.role('api');
      const standIn = { cpuSeconds: () => world.cpuSeconds()['the stand-in']! };
      const distributed = await sellOut(PROFILE, seats, { server: api, postgres: standIn });
      const beside = await sellOut('embedded', seats, {
        server: embedded,
        postgres: world.postgres,
        settle: () => untilProjected(embedded.url),
      });
      const spent: Record<string, number>[] = [];
      await race(bench, {
        title: `Hot show by profile: ${seats.toLocaleString('en')} seats, parties of 1–4, ${CONNECTIONS} connections, durable, over HTTP`,
        unit: 'holds/s',
        sides: [counted(world, distributed, spent), beside],
      });
      reportSpent(bench, spent.slice(-bench.rounds));
    } finally {
      await embedded.kill();
      await world.stop();
    }
  },
};

interface SellingOut extends Side {
  readonly holds: number;
}

/** Each round sells a new show out; the views have seen all of it when it ends. */
async function sellOut(name: string, seats: number, meter: Meter): Promise<SellingOut> {
  const { url } = meter.server;
  const hall = await makeHall(url, seats);
  const wanted = parties(hall.seatIds, SEED);
  return {
    name,
    holds: wanted.length,
    async run(round) {
      const showId = await makeShow(url, hall);
      await untilSeen(url, showId, 0);
      const { measured, statuses, byStatus } = await metered(meter, {
        url,
        connections: CONNECTIONS,
        requests: holdRequests(`/v1/shows/${showId}/holds`, wanted, `round-${round}`),
      });
      if (byStatus['201'] !== wanted.length)
        throw new Error(`every party can have its seats, but answers were ${JSON.stringify(byStatus)}`);
      await untilSeen(url, showId, wanted.length);
      await checkHolds(url, showId, wanted, statuses);
      return measured;
    },
  };
}

/** Waits until the views have the holds of a show, all that were acknowledged. */
async function untilSeen(url: string, showId: string, holds: number): Promise<void> {
  const stream = await (
    await fetch(`${url}/v1/streams/show-${showId}?from=${holds}&limit=100`, { headers: AUTHORISED })
  ).text();
  const { position } = JSON.parse(stream.trim().split('\n').at(-1)!) as { position: string };
  const headers = { 'x-min-position': position, prefer: 'wait=10' };
  for (let tries = 1; ; tries += 1) {
    const path = `${url}/v1/shows/${showId}/holds?limit=1`;
    const answer = await fetch(path, { headers: { ...AUTHORISED, ...headers } });
    await answer.arrayBuffer();
    if (Number(answer.headers.get('x-position')) >= Number(position)) break;
    if (tries === 6) throw new Error(`the views have not seen ${position} after a minute`);
  }
  const { show } = await call(url, 'GET', `/v1/shows/${showId}`);
  const { data } = await call(url, 'GET', `/v1/events/${show.eventId}/shows`, undefined, headers);
  const [{ free }] = data[0].categories;
  if (holds > 0 && free !== 0) throw new Error(`all is held, and the views have ${free} free`);
}

/** The same, with the processor time of all that takes part, from the first request to the views. */
function counted(world: Distributed, side: SellingOut, spent: Record<string, number>[]): Side {
  return {
    name: side.name,
    async run(round) {
      const before = world.cpuSeconds();
      const measured = await side.run(round);
      const after = world.cpuSeconds();
      const each = Object.entries(after).map(([name, s]) => [
        name,
        ((s - before[name]!) / side.holds) * 1_000,
      ]);
      spent.push(Object.fromEntries(each) as Record<string, number>);
      return measured;
    },
  };
}

function reportSpent(bench: Bench, spent: readonly Record<string, number>[]): void {
  for (const name of Object.keys(spent[0]!))
    bench.report.figure({
      title: `Hot show, ${PROFILE}`,
      what: `processor time of ${name} for 1,000 holds, views included`,
      unit: 's',
      disk: bench.disk.name,
      value: spread(spent.map((round) => round[name]!)),
    });
}
