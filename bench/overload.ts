// Three times as many holds as the engine can take, for some seconds, and customers who confirm what they hold: does it
// go on selling, and is every live hold confirmed? Beside it the same with a short queue, which has to refuse.
import type { Bench, Scenario } from './harness/bench.ts';
import { eventsOf } from './harness/booking.ts';
import { AUTHORISED, makeHall, makeShow, makeShows, untilProjected, type Hall } from './harness/hall.ts';
import { load, request, type LoadResult } from './harness/load.ts';
import { startEngine, startPostgres, type Server } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';

const PEAK_CONNECTIONS = 128;
/** So many that requests wait in the engine and not in front of it; and so many that a thread has its hands full of them. */
const STORM_CONNECTIONS = 2_000;
const CROWD_CONNECTIONS = 8_000;
const OVERLOAD = 3;
/** One request in so many confirms a hold that was made before the storm. */
const CONFIRM_EACH = 20;
const SHORT_QUEUE = { QUEUE_SIZE_MAX: '2000' };

export const overload: Scenario = {
  what: 'three times the peak, with and without shedding',
  async run(bench) {
    const postgres = await startPostgres(bench.disk);
    const engine = await startEngine(await postgres.database('engine'));
    const refusing = await startEngine(await postgres.database('refusing'), SHORT_QUEUE);
    try {
      const storm = new Storm(bench);
      const seen = { refusedP99: [] as number[], confirmed: [] as number[] };
      const side = (name: string, server: Server, connections: number): Side => ({
        name,
        async run(round) {
          const { goodput, refusedP99, confirmed } = await storm.over(
            server,
            `${name}-${round}`,
            connections,
          );
          if (round > 0) {
            seen.refusedP99.push(refusedP99);
            seen.confirmed.push(confirmed * 100);
          }
          return { value: goodput };
        },
      });
      const peak: Side = {
        name: 'fairseat at its peak',
        run: async (round) => ({ value: await storm.peakOf(engine, `peak-${round}`) }),
      };
      await race(bench, {
        title: `Overload: ${OVERLOAD} × the peak, ${many(STORM_CONNECTIONS)} connections, open loop: holds and confirmations done`,
        unit: '/s',
        sides: [
          side('fairseat, overloaded', engine, STORM_CONNECTIONS),
          peak,
          side(`the same by ${many(CROWD_CONNECTIONS)} connections`, engine, CROWD_CONNECTIONS),
          side('that with a queue of 2,000', refusing, CROWD_CONNECTIONS),
        ],
        asked: { 'fairseat at its peak': 0.9 },
      });
      const figure = (what: string, unit: string, values: number[], bound: object) =>
        bench.report.figure({
          title: `Overload ${OVERLOAD} ×`,
          what,
          unit,
          disk: bench.disk.name,
          value: spread(values),
          asked: bound,
        });
      const refusals = seen.refusedP99.filter((ms) => !Number.isNaN(ms));
      if (refusals.length > 0) figure('p99 of a refusal (503)', 'ms', refusals, { atMost: 20 });
      else bench.report.notRun('p99 of refusals under overload', 'nothing had to be refused');
      figure('confirmations of live holds that were served', '%', seen.confirmed, { atLeast: 99.9 });
    } finally {
      await engine.kill();
      await refusing.kill();
      await postgres.stop();
    }
  },
};

const many = (n: number): string => n.toLocaleString('en');

const hold = (path: string, run: string, n: number, seat: string): string =>
  request('POST', path, {
    headers: { ...AUTHORISED, 'idempotency-key': `${run}-${n}` },
    body: { customerId: `c${n}`, seats: [seat] },
  });

class Storm {
  readonly #bench: Bench;
  readonly #halls = new Map<Server, Hall>();
  #peak = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  async #hallOf(server: Server): Promise<Hall> {
    const hall = this.#halls.get(server) ?? (await makeHall(server.url, 30_000));
    this.#halls.set(server, hall);
    return hall;
  }

  /** What is done a second when nobody waits for more than their turn. */
  async peakOf(server: Server, run: string): Promise<number> {
    const hall = await this.#hallOf(server);
    const path = `/v1/shows/${await makeShow(server.url, hall)}/holds`;
    await untilProjected(server.url);
    const seats = hall.seatIds.slice(0, this.#bench.quick ? 500 : 8_000);
    const requests = seats.map((seat, n) => hold(path, run, n, seat));
    const { perSecond, byStatus } = await load({ url: server.url, connections: PEAK_CONNECTIONS, requests });
    if (byStatus['201'] !== requests.length) throw new Error(JSON.stringify(byStatus));
    this.#peak = perSecond;
    return perSecond;
  }

  /** Goodput: what was done, holds and confirmations, of the time of the storm. */
  async over(
    server: Server,
    run: string,
    connections: number,
  ): Promise<{ goodput: number; refusedP99: number; confirmed: number }> {
    if (this.#peak === 0) await this.peakOf(server, `${run}-first`);
    const hall = await this.#hallOf(server);
    const [showId] = await makeShows(server.url, hall, 1);
    const path = `/v1/shows/${showId}/holds`;
    const perSecond = Math.round(this.#peak * OVERLOAD);
    const amount = Math.min(this.#bench.quick ? 1_000 : perSecond * 4, hall.seatIds.length);
    const live = hall.seatIds.slice(0, Math.floor(amount / CONFIRM_EACH));
    const made = await load({
      url: server.url,
      connections: PEAK_CONNECTIONS,
      requests: live.map((seat, n) => hold(path, `${run}-live`, n, seat)),
      keepBodies: true,
    });
    if (made.byStatus['201'] !== live.length) throw new Error(JSON.stringify(made.byStatus));
    const confirms = made.bodies.map((body, n) => {
      const { hold } = JSON.parse(body) as { hold: { id: string } };
      const headers = { ...AUTHORISED, 'idempotency-key': `${run}-confirm-${n}` };
      return request('POST', `${path}/${hold.id}/confirm`, { headers, body: {} });
    });
    const requests = Array.from({ length: amount }, (_, n) =>
      n % CONFIRM_EACH === 0 && n / CONFIRM_EACH < confirms.length
        ? confirms[n / CONFIRM_EACH]!
        : hold(path, run, live.length + n, hall.seatIds[(live.length + n) % hall.seatIds.length]!),
    );
    await untilProjected(server.url);
    const result = await load({ url: server.url, connections, requests, perSecond });
    await this.#check(server.url, showId!, result, live.length);
    return this.#judged(result, confirms.length);
  }

  #judged({ statuses, latenciesMs, seconds }: LoadResult, confirms: number) {
    const isConfirm = (n: number) => n % CONFIRM_EACH === 0 && n / CONFIRM_EACH < confirms;
    const done = statuses.reduce((sum, status) => sum + (status === 201 ? 1 : 0), 0);
    const confirmed = statuses.reduce((sum, s, n) => sum + (isConfirm(n) && s === 201 ? 1 : 0), 0);
    const refused = latenciesMs.filter((_, n) => statuses[n] === 503);
    return {
      goodput: done / seconds,
      refusedP99: percentile(refused, 0.99),
      confirmed: confirmed / confirms,
    };
  }

  /** What was acknowledged is in the log, and nothing that was refused. */
  async #check(
    url: string,
    showId: string,
    { statuses, byStatus }: LoadResult,
    before: number,
  ): Promise<void> {
    const types = (await eventsOf(url, showId)).map(({ type }) => type);
    const count = (type: string) => types.filter((t) => t === type).length;
    const acknowledged = statuses.reduce((sum, status) => sum + (status === 201 ? 1 : 0), 0);
    const stored = count('SeatsHeld') - before + count('BookingConfirmed');
    if (stored !== acknowledged)
      throw new Error(`${acknowledged} acknowledged, ${stored} in the log; ${JSON.stringify(byStatus)}`);
  }
}
