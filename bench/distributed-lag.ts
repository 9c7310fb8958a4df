// How soon everybody sees what was sold through the distributed profile: while holds arrive at half of what it can take, how
// long after its acknowledgement is a hold in the views of Postgres, and in the search index? The log is in the STAND-IN for
// EventStoreDB; every role is a process of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Scenario } from './harness/bench.ts';
import { checkHolds, holdRequests, parties } from './harness/booking.ts';
import { startDistributed } from './harness/distributed.ts';
import { AUTHORISED, call, makeHall, makeShow, makeShows, type Hall } from './harness/hall.ts';
import { load } from './harness/load.ts';
import { percentile, spread } from './harness/spread.ts';

const CONNECTIONS = 128;
const LOADED_PART = 0.5;
const PROBE_EVERY_MS = 40;
const TITLE = 'Zarzuela';
const PATIENCE_MS = 60_000;

export const distributedLag: Scenario = {
  what: 'from an acknowledgement to the views and the search index, through Kafka',
  async run(bench) {
    const world = await startDistributed(bench, 'distributed-lag', ['kafka', 'opensearch', 'eventstore']);
    if (world === null) return;
    try {
      await world.role('relay');
      await world.role('projector');
      const { url } = await world.role('api');
      await reportLags(bench, url, await makeHall(url, bench.quick ? 2_000 : 20_000));
    } finally {
      await world.stop();
    }
  },
};

async function reportLags(bench: Bench, url: string, hall: Hall): Promise<void> {
  const wanted = parties(hall.seatIds, 1);
  const onSale = async () => `/v1/shows/${await makeShow(url, hall)}/holds`;
  const storm = async (run: string) =>
    load({ url, connections: CONNECTIONS, requests: holdRequests(await onSale(), wanted, run) });
  await storm('warm');
  const peak = await storm('peak');
  const perSecond = Math.round(peak.perSecond * LOADED_PART);
  const lags: Record<keyof typeof PROBES, number[]> = { views: [], search: [] };
  for (let round = 0; round < bench.rounds; round += 1) {
    const path = await onSale();
    const probed = await probedShow(url, hall, `${TITLE}${'abcdefghijklmnopqrstuvwxyz'[round % 26]}`);
    const requests = holdRequests(path, wanted, `r${round}`);
    const loading = load({ url, connections: CONNECTIONS, requests, perSecond });
    const ended = loading.then(() => true);
    const probing = (kind: keyof typeof PROBES) => async () => {
      while (!(await Promise.race([ended, sleep(PROBE_EVERY_MS, false)]))) {
        lags[kind].push(await PROBES[kind](url, probed, hall));
      }
    };
    const probes = Promise.all([probing('views')(), probing('search')()]);
    const { byStatus, statuses } = await loading;
    await probes;
    if (byStatus['201'] !== wanted.length) throw new Error(JSON.stringify(byStatus));
    await checkHolds(url, path.split('/')[3]!, wanted, statuses);
    console.error(
      `  round ${round + 1}/${bench.rounds}: ${lags.views.length} and ${lags.search.length} probes`,
    );
  }
  const title = `Distributed, at half of peak (${perSecond.toLocaleString('en')} holds/s, open loop, EventStoreDB a stand-in)`;
  for (const [what, ms, atMost] of [
    ['acknowledged to seen in the Postgres views, p99', lags.views, 500],
    ['acknowledged to seen in the search index, p99', lags.search, 2_000],
  ] as const)
    bench.report.figure({
      title,
      what: `${what} of ${ms.length}`,
      unit: 'ms',
      disk: bench.disk.name,
      value: spread([percentile(ms, 0.99)]),
      asked: { atMost },
    });
}

interface Probed {
  readonly showId: string;
  readonly title: string;
  /** Seats held by probes. */
  held: number;
}

/** A show of an event with a name of its own, which searches find. */
async function probedShow(url: string, hall: Hall, title: string): Promise<Probed> {
  const [showId] = await makeShows(url, hall, 1, {}, title);
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(`${url}/v1/events?q=${title}`);
    if (answer.ok && (await answer.text()).includes(showId!)) return { showId: showId!, title, held: 0 };
    if (performance.now() > until) throw new Error(`${title} is not found: ${answer.status}`);
    await sleep(PROBE_EVERY_MS);
  }
}

/** Each holds a seat and asks for what must show it; ms from the acknowledgement to the answer. */
const PROBES = {
  async views(url: string, probed: Probed, hall: Hall): Promise<number> {
    const held = await hold(url, probed, hall);
    const body = await seen(`${url}/v1/shows/${probed.showId}/holds?limit=100`, held.position);
    const ms = performance.now() - held.acknowledged;
    if (!body.includes('"data"')) throw new Error(`hold ${held.id} was asked for and this came: ${body}`);
    return ms;
  },
  async search(url: string, probed: Probed, hall: Hall): Promise<number> {
    const held = await hold(url, probed, hall);
    const body = await seen(`${url}/v1/events?q=${probed.title}`, held.position);
    const ms = performance.now() - held.acknowledged;
    const { data } = JSON.parse(body) as { data?: { free: number }[] };
    // The other probes hold seats meanwhile: as many as this one knows of, or more, are no longer free.
    const free = data?.[0]?.free ?? Infinity;
    if (free > hall.seatIds.length - held.count)
      throw new Error(`${held.count} seats are held, and the index answers ${body}`);
    return ms;
  },
};

async function hold(url: string, probed: Probed, hall: Hall) {
  const count = (probed.held += 1);
  const seats = [hall.seatIds[count]!];
  const path = `/v1/shows/${probed.showId}/holds`;
  const { position, hold: made } = await call(url, 'POST', path, { customerId: `probe-${count}`, seats });
  return { acknowledged: performance.now(), position: String(position), id: String(made.id), count };
}

async function seen(url: string, position: string): Promise<string> {
  const headers = { ...AUTHORISED, 'x-min-position': position, prefer: 'wait=10' };
  const answer = await fetch(url, { headers });
  const body = await answer.text();
  if (!answer.ok || Number(answer.headers.get('x-position')) < Number(position))
    throw new Error(`${url} answered ${answer.status} when ${position} was asked for: ${body}`);
  return body;
}
