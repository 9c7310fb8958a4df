// How soon everybody sees what was sold: while holds arrive at 70 % of what the engine can take, how long after its
// acknowledgement is a hold in the map and in the views of Postgres? And how fast do views that lag catch up?
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Scenario } from './harness/bench.ts';
import { checkHolds, holdRequests, parties } from './harness/booking.ts';
import {
  AUTHORISED,
  call,
  makeHall,
  makeShow,
  makeShows,
  untilProjected,
  type Hall,
} from './harness/hall.ts';
import { turnover, writeHistory } from './harness/history.ts';
import { load } from './harness/load.ts';
import { startEngine, startPostgres, type BenchPostgres } from './harness/processes.ts';
import { connected, timed } from './harness/raw-sql.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread } from './harness/spread.ts';

const CONNECTIONS = 128;
const LOADED_PART = 0.7;
const PROBE_EVERY_MS = 40;
const BATCH = 2_000;
const DRAIN_SHOWS = 10;

export const viewLag: Scenario = {
  what: 'from an acknowledgement to the map and the views; catching up',
  async run(bench) {
    const postgres = await startPostgres(bench.disk);
    const databaseUrl = await postgres.database('engine');
    const engine = await startEngine(databaseUrl);
    const hall = await makeHall(engine.url, bench.quick ? 2_000 : 20_000);
    try {
      await reportLags(bench, engine.url, hall);
    } finally {
      await engine.kill();
    }
    try {
      await raceDrains(bench, postgres, databaseUrl, hall);
    } finally {
      await postgres.stop();
    }
  },
};

async function reportLags(bench: Bench, url: string, hall: Hall): Promise<void> {
  const lags: { map: number[]; views: number[] } = { map: [], views: [] };
  const wanted = parties(hall.seatIds, 1);
  const onSale = async () => `/v1/shows/${await makeShow(url, hall)}/holds`;
  await load({ url, connections: CONNECTIONS, requests: holdRequests(await onSale(), wanted, 'warm') });
  const peak = await load({
    url,
    connections: CONNECTIONS,
    requests: holdRequests(await onSale(), wanted, 'p'),
  });
  const perSecond = Math.round(peak.perSecond * LOADED_PART);
  for (let round = 0; round < bench.rounds; round += 1) {
    const path = await onSale();
    const probed = await makeShow(url, hall);
    await untilProjected(url);
    const requests = holdRequests(path, wanted, `r${round}`);
    const loading = load({ url, connections: CONNECTIONS, requests, perSecond });
    const done = loading.then(() => true);
    for (let n = 0; !(await Promise.race([done, sleep(PROBE_EVERY_MS, false)])); n += 1) {
      const seen = await probe(url, probed, hall.seatIds[n]!, `p${round}-${n}`);
      lags.map.push(seen.map);
      lags.views.push(seen.views);
    }
    const { byStatus, statuses } = await loading;
    if (byStatus['201'] !== wanted.length) throw new Error(JSON.stringify(byStatus));
    await checkHolds(url, path.split('/')[3]!, wanted, statuses);
  }
  const title = `Views at ${LOADED_PART * 100} % of peak (${perSecond.toLocaleString('en')} holds/s, open loop)`;
  for (const [what, ms, atMost] of [
    ['acknowledged to seen in the map, p99', lags.map, 50],
    ['acknowledged to seen in the Postgres views, p99', lags.views, 250],
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

/** Holds a seat of another show, then asks both kinds of view to have it; ms from the acknowledgement to each answer. */
async function probe(
  url: string,
  showId: string,
  seat: string,
  customerId: string,
): Promise<{ map: number; views: number }> {
  const path = `/v1/shows/${showId}`;
  const { position, hold } = await call(url, 'POST', `${path}/holds`, { customerId, seats: [seat] });
  const acknowledged = performance.now();
  const headers = { ...AUTHORISED, 'x-min-position': String(position), prefer: 'wait=10' };
  const seen = async (view: string): Promise<{ ms: number; body: string }> => {
    const body = await (await fetch(`${url}${path}/${view}`, { headers })).text();
    return { ms: performance.now() - acknowledged, body };
  };
  const [map, views] = await Promise.all([seen('availability'), seen('holds?limit=1')]);
  if (!views.body.includes('"data"') || !map.body.includes('"seats"'))
    throw new Error(`hold ${hold.id} was asked for and this came: ${views.body}`);
  return { map: map.ms, views: views.ms };
}

/** Views that lack a history of so many events, from starting the engine on: its start counts as well. */
async function raceDrains(bench: Bench, postgres: BenchPostgres, url: string, hall: Hall): Promise<void> {
  const events = bench.quick ? 2_000 : 60_000;
  const rawUrl = await postgres.database('raw_upserts');
  const fairseat: Side = {
    name: 'fairseat, all views',
    async run() {
      let engine = await startEngine(url);
      const shows = await makeShows(engine.url, hall, DRAIN_SHOWS);
      await untilProjected(engine.url);
      await engine.kill();
      const streams = shows.map((id) => `show-${id}`);
      await writeHistory(url, streams, () => turnover(hall.seatIds, events / DRAIN_SHOWS));
      const before = postgres.cpuSeconds();
      const began = performance.now();
      engine = await startEngine(url);
      await untilProjected(engine.url);
      const seconds = (performance.now() - began) / 1_000;
      const each = (cpuSeconds: number) => (cpuSeconds / events) * 1_000;
      const cpu = { server: each(engine.cpuSeconds()), postgres: each(postgres.cpuSeconds() - before) };
      await engine.kill();
      return { value: events / seconds, cpu };
    },
  };
  await race(bench, {
    title: `Views catching up with ${events.toLocaleString('en')} events, the start of the engine included`,
    unit: 'events/s',
    sides: [
      fairseat,
      { name: `upserts by ${BATCH}`, run: () => upserts(rawUrl, postgres, events, BATCH) },
      { name: 'upserts one by one', run: () => upserts(rawUrl, postgres, Math.ceil(events / 10), 1) },
    ],
    asked: { [`upserts by ${BATCH}`]: 0.5, 'upserts one by one': 8 },
  });
}

const UPSERT = `INSERT INTO holds SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
  ON CONFLICT (id) DO UPDATE SET status = excluded.status`;

/** The least a view of holds does: each is written when it is made, and again when it ends. */
async function upserts(url: string, postgres: BenchPostgres, events: number, batch: number) {
  const [client] = await connected(url, 1);
  await client!.query(
    'CREATE TABLE IF NOT EXISTS holds (id uuid PRIMARY KEY, customer_id text, status text)',
  );
  await client!.query('TRUNCATE holds');
  const ids = Array.from({ length: events / 2 }, () => crypto.randomUUID());
  const rows = ids.flatMap((id, n) => [
    [id, `c${n}`, 'live'],
    [id, `c${n}`, 'released'],
  ]);
  const measured = await timed(postgres, events, async () => {
    for (let at = 0; at < rows.length; at += batch) {
      // Within a statement a row may be written once: the later state wins.
      const part = [...new Map(rows.slice(at, at + batch).map((row) => [row[0]!, row])).values()];
      const column = (n: number) => part.map((row) => row[n]!);
      await client!.query({
        name: `upsert-${batch}`,
        text: UPSERT,
        values: [column(0), column(1), column(2)],
      });
    }
  });
  const { rows: found } = await client!.query<{ n: number }>('SELECT count(*)::int AS n FROM holds');
  if (found[0]!.n !== ids.length) throw new Error(`${ids.length} holds upserted, ${found[0]!.n} there`);
  await client!.end();
  return measured;
}
