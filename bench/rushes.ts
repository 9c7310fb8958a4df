// Rushes that others have told of: fifty who want ten seats, 160 who want the best of a hall of 8,000, 970 tickets in 17 s
// (an evening's rush of a camp), and one show beside four that are on sale at once.
import type { Bench, Scenario } from './harness/bench.ts';
import { checkHolds, eventsOf, holdRequests, parties, type Party } from './harness/booking.ts';
import { AUTHORISED, makeHall, makeShow, makeShows, untilProjected, type Hall } from './harness/hall.ts';
import { load, request } from './harness/load.ts';
import { startEngine, startPostgres } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';

const CONNECTIONS = 128;
const BUYERS = 50;
const SEATS_WANTED = 10;
const BOOKERS = 160;
const BEST_OF = 8_000;
const CAMPERS = 970;
const CAMP_S = 17;
const SHOWS = 4;
const SEED = 5;

export const rushes: Scenario = {
  what: 'many for few seats, for the best seats, within seconds, and in several shows at once',
  async run(bench) {
    const postgres = await startPostgres(bench.disk);
    const engine = await startEngine(await postgres.database('engine'));
    try {
      const hall = await makeHall(engine.url, BEST_OF);
      await fiftyForTen(bench, engine.url, hall);
      await bookersOfTheBest(bench, engine.url, hall);
      await campers(bench, engine.url, hall);
      await oneAndFour(bench, engine.url, hall);
    } finally {
      await engine.kill();
      await postgres.stop();
    }
  },
};

function figure(
  bench: Bench,
  title: string,
  [what, unit]: [string, string],
  values: number[],
  asked?: object,
) {
  bench.report.figure({
    title,
    what,
    unit,
    disk: bench.disk.name,
    value: spread(values),
    ...(asked && { asked }),
  });
}

const roundsOf = (bench: Bench): number[] => Array.from({ length: bench.rounds }, (_, round) => round);

/** Each seat is wanted by five: all ten are sold, once each, and everybody else is refused. */
async function fiftyForTen(bench: Bench, url: string, hall: Hall): Promise<void> {
  const p99s: number[] = [];
  for (const round of roundsOf(bench)) {
    const showId = await makeShow(url, hall);
    const wanted: Party[] = Array.from({ length: BUYERS }, (_, n) => ({
      customerId: `c${n}`,
      seats: [hall.seatIds[n % SEATS_WANTED]!],
    }));
    const requests = holdRequests(`/v1/shows/${showId}/holds`, wanted, `ten-${round}`);
    const { statuses, byStatus, latenciesMs } = await load({ url, connections: BUYERS, requests });
    if (byStatus['201'] !== SEATS_WANTED || byStatus['409'] !== BUYERS - SEATS_WANTED)
      throw new Error(`ten seats for fifty were answered ${JSON.stringify(byStatus)}`);
    await checkHolds(url, showId, wanted, statuses);
    p99s.push(percentile(latenciesMs, 0.99));
  }
  figure(bench, `${BUYERS} buyers at once for ${SEATS_WANTED} seats`, ['p99 of a verdict', 'ms'], p99s);
}

/** Choosing is part of deciding: nobody is refused as long as there is room. */
async function bookersOfTheBest(bench: Bench, url: string, hall: Hall): Promise<void> {
  const p99s: number[] = [];
  const refused: number[] = [];
  for (const round of roundsOf(bench)) {
    const showId = await makeShow(url, hall);
    const requests = Array.from({ length: BOOKERS }, (_, n) =>
      request('POST', `/v1/shows/${showId}/holds`, {
        headers: { ...AUTHORISED, 'idempotency-key': `best-${round}-${n}` },
        body: { customerId: `c${n}`, bestAvailable: { categoryId: 'All', quantity: 1 + (n % 4) } },
      }),
    );
    const { byStatus, latenciesMs } = await load({ url, connections: CONNECTIONS, requests });
    const seats = (await eventsOf(url, showId)).flatMap(({ data }) => data.seats ?? []);
    const due = requests.reduce((sum, _, n) => sum + 1 + (n % 4), 0);
    if (seats.length !== due || new Set(seats).size !== due)
      throw new Error(
        `${due} seats were asked for, ${new Set(seats).size} given; ${JSON.stringify(byStatus)}`,
      );
    p99s.push(percentile(latenciesMs, 0.99));
    refused.push(BOOKERS - (byStatus['201'] ?? 0));
  }
  const title = `${BOOKERS} bookers at once of the best of ${BEST_OF.toLocaleString('en')} seats`;
  figure(bench, title, ['refused though there is room', ''], refused, { atMost: 0 });
  figure(bench, title, ['p99 of a verdict', 'ms'], p99s);
}

async function campers(bench: Bench, url: string, hall: Hall): Promise<void> {
  const showId = await makeShow(url, hall);
  const amount = bench.quick ? 100 : CAMPERS;
  const wanted = parties(hall.seatIds, SEED, 1).slice(0, amount);
  await untilProjected(url);
  const { statuses, byStatus, latenciesMs } = await load({
    url,
    connections: CONNECTIONS,
    requests: holdRequests(`/v1/shows/${showId}/holds`, wanted, 'camp'),
    perSecond: CAMPERS / CAMP_S,
  });
  if (byStatus['201'] !== amount) throw new Error(JSON.stringify(byStatus));
  await checkHolds(url, showId, wanted, statuses);
  const title = `${amount} tickets at ${CAMPERS} in ${CAMP_S} s, open loop`;
  figure(bench, title, ['p50 of a hold', 'ms'], [percentile(latenciesMs, 0.5)]);
  figure(bench, title, ['p99 of a hold', 'ms'], [percentile(latenciesMs, 0.99)]);
}

/** As many holds in one show as in four together. */
async function oneAndFour(bench: Bench, url: string, hall: Hall): Promise<void> {
  const wanted = parties(hall.seatIds, SEED).slice(0, bench.quick ? 200 : undefined);
  const side = (count: number): Side => ({
    name: count === 1 ? 'one show' : `${count} shows`,
    async run(round) {
      const showIds = await makeShows(url, hall, count);
      const shares = showIds.map((_, show) => wanted.filter((_party, n) => n % count === show));
      await untilProjected(url);
      const texts = showIds.map((id, show) =>
        holdRequests(`/v1/shows/${id}/holds`, shares[show]!, `${count}-${round}`),
      );
      const requests = wanted.map((_, n) => texts[n % count]![Math.floor(n / count)]!);
      const { perSecond, statuses, byStatus } = await load({ url, connections: CONNECTIONS, requests });
      if (byStatus['201'] !== wanted.length) throw new Error(JSON.stringify(byStatus));
      for (const [show, id] of showIds.entries())
        await checkHolds(
          url,
          id,
          shares[show]!,
          statuses.filter((_, n) => n % count === show),
        );
      return { value: perSecond };
    },
  });
  await race(bench, {
    title: `Holds in one show and in ${SHOWS}, ${CONNECTIONS} connections`,
    unit: 'holds/s',
    sides: [side(SHOWS), side(1)],
  });
}
