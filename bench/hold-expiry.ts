// 100,000 holds fall due within one second, in one show or spread over a thousand, while others go on holding: how long
// until every lapse is in the log? Beside it an insert of as many rows, the least that recording them can cost, and one
// UPDATE, which is all that a table of holds without a history would do.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Bench, Scenario } from './harness/bench.ts';
import { holdRequests, parties } from './harness/booking.ts';
import { AUTHORISED, makeHall, makeShow, makeShows, untilProjected } from './harness/hall.ts';
import { held, writeHistory } from './harness/history.ts';
import { load } from './harness/load.ts';
import { startEngine, startPostgres, type BenchPostgres } from './harness/processes.ts';
import { spread, percentile } from './harness/spread.ts';

const FOREGROUND_PER_SECOND = 200;
const FOREGROUND_CONNECTIONS = 64;
const RAW_BATCH = 1_000;
const ATTEMPTS_MAX = 4;
/** A hold lapses at most a second late for each so many that are due with it. */
const IN_TIME_PER_SECOND = 10_000;

export const holdExpiry: Scenario = {
  what: '100,000 holds due within one second',
  bothDisks: true,
  async run(bench) {
    for (const shows of bench.quick ? [20] : [1, 1_000]) await expire(bench, shows);
  },
};

/** Both in one database, one after another, each as often as there are rounds. */
async function expire(bench: Bench, shows: number): Promise<void> {
  const holds = bench.quick ? 2_000 : 100_000;
  const ratios: number[] = [];
  const toUpdate: number[] = [];
  const seconds: number[] = [];
  const p99s: number[] = [];
  // A round fills the log with 200,000 events: a few of them are what there is time for.
  for (let round = 0; round < Math.min(bench.rounds, 3); round += 1) {
    const postgres = await startPostgres(bench.disk);
    try {
      const lapsed = await lapseInTime(postgres, shows, holds, bench.quick ? 8_000 : 45_000);
      const raw = await insertRows(postgres, holds);
      ratios.push(lapsed.seconds / raw);
      toUpdate.push(lapsed.seconds / (await updateRows(postgres, holds)));
      seconds.push(lapsed.seconds);
      p99s.push(lapsed.p99Ms / lapsed.p99BeforeMs);
      console.error(
        `  round ${round + 1}: ${lapsed.seconds.toFixed(2)} s, ${holds} rows raw ${raw.toFixed(2)} s`,
      );
    } finally {
      await postgres.stop();
    }
  }
  const title = `Expiry of ${holds.toLocaleString('en')} holds due within a second, in ${shows.toLocaleString('en')} shows`;
  const figure = (what: string, unit: string, values: number[], atMost?: number) =>
    bench.report.figure({
      title,
      what,
      unit,
      disk: bench.disk.name,
      value: spread(values),
      ...(atMost !== undefined && { asked: { atMost } }),
    });
  // Nobody is later than the last.
  figure('first due to last lapse in the log', 's', seconds, holds / IN_TIME_PER_SECOND);
  figure('the same to a raw insert of as many rows', '×', ratios, 1.5);
  figure('the same to one UPDATE of as many rows', '×', toUpdate);
  figure(`p99 of ${FOREGROUND_PER_SECOND} holds/s meanwhile to before`, '×', p99s, 2);
}

interface Lapsed {
  /** From when the first was due until the last lapse was committed. */
  readonly seconds: number;
  readonly p99BeforeMs: number;
  readonly p99Ms: number;
}

/** With twice the time before they fall due, again and again, until the machine has everything ready by then. */
async function lapseInTime(
  postgres: BenchPostgres,
  shows: number,
  holds: number,
  leadMs: number,
): Promise<Lapsed> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const url = await postgres.database(`engine_${attempt}`);
    const lapsed = await lapse(url, shows, holds, leadMs * 2 ** attempt);
    if (lapsed) return lapsed;
    console.error('  holds fell due before everything was ready: again, with twice the time');
  }
  throw new Error('holds fell due before everything was ready: nothing was measured');
}

/** Undefined when they fell due too early. */
async function lapse(url: string, shows: number, holds: number, leadMs: number): Promise<Lapsed | undefined> {
  let engine = await startEngine(url, { STATE_CACHE_MB: '2048' });
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  try {
    const hall = await makeHall(engine.url, Math.max(holds / shows, 100));
    const showIds = await makeShows(engine.url, hall, shows);
    const others = await makeHall(engine.url, 5_000);
    await untilProjected(engine.url);
    await engine.kill();
    const dueMs = Date.now() + leadMs;
    await writeHistory(
      url,
      showIds.map((id) => `show-${id}`),
      (show) =>
        Array.from({ length: holds / shows }, (_, n) =>
          held(hall.seatIds[n]!, `c${show}-${n}`, dueMs + ((show * 31 + n) % 1_000)),
        ),
    );
    engine = await startEngine(url, { STATE_CACHE_MB: '2048' });
    await untilProjected(engine.url);
    await readShows(engine.url, showIds);
    const foreground = await makeShow(engine.url, others);
    const wanted = parties(others.seatIds, 1, 1);
    const p99Of = async (from: number, seconds: number) => {
      const part = wanted.slice(from, from + FOREGROUND_PER_SECOND * seconds);
      const requests = holdRequests(`/v1/shows/${foreground}/holds`, part, `f${from}`);
      const order = {
        url: engine.url,
        connections: FOREGROUND_CONNECTIONS,
        perSecond: FOREGROUND_PER_SECOND,
      };
      const { latenciesMs, byStatus } = await load({ ...order, requests });
      if (byStatus['201'] !== part.length) throw new Error(JSON.stringify(byStatus));
      return percentile(latenciesMs, 0.99);
    };
    const p99BeforeMs = await p99Of(0, 2);
    if (Date.now() > dueMs) return undefined;
    const before = await headOf(database);
    while (Date.now() < dueMs) await sleep(5);
    const during = p99Of(2_000, 4);
    const lapsedAt = await untilLapsed(database, holds, before);
    return { seconds: (lapsedAt - dueMs) / 1_000, p99BeforeMs, p99Ms: await during };
  } finally {
    await database.end();
    await engine.kill();
  }
}

/** An engine that has sold these holds has their shows in memory; the start has dropped them, and reading 100,000 events takes a second. */
async function readShows(url: string, showIds: readonly string[]): Promise<void> {
  for (const id of showIds) {
    const { status } = await fetch(`${url}/v1/shows/${id}/holds/${randomUUID()}`, { headers: AUTHORISED });
    if (status !== 404) throw new Error(`a hold that is none was answered with ${status}`);
  }
}

async function headOf(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ head: number }>('SELECT max(position)::float8 AS head FROM events');
  return rows[0]!.head;
}

/** When as many lapses as holds were in the log, each hold's once; `before`: its head when none was due. */
async function untilLapsed(database: pg.Client, holds: number, before: number): Promise<number> {
  for (;;) {
    await sleep(50);
    const head = await headOf(database);
    const at = Date.now();
    // Counting costs what it measures: it waits until the log has grown enough.
    if (head - before < holds) continue;
    const { rows } = await database.query<{ n: number; different: number }>(
      `SELECT count(*)::int AS n, count(DISTINCT data->>'holdId')::int AS different
         FROM events WHERE position > $1 AND type = 'HoldExpired'`,
      [before],
    );
    const { n, different } = rows[0]!;
    if (n !== different) throw new Error(`${n} lapses of ${different} holds`);
    if (n === holds) return at;
  }
}

/** As many rows of the same shape, in batches, durable: seconds. */
async function insertRows(postgres: BenchPostgres, rows: number): Promise<number> {
  const client = new pg.Client({ connectionString: await postgres.database('raw_rows') });
  await client.connect();
  await client.query(
    'CREATE TABLE rows (position bigserial PRIMARY KEY, stream text, revision int, id uuid, type text, data jsonb, metadata jsonb, UNIQUE (stream, revision))',
  );
  const event = held('R0-1', 'c1', Date.now());
  const numbers = Array.from({ length: RAW_BATCH }, (_, n) => n);
  const began = performance.now();
  for (let at = 0; at < rows; at += RAW_BATCH)
    await client.query({
      name: 'insert',
      text: `INSERT INTO rows (stream, revision, id, type, data, metadata)
        SELECT 'show', n, gen_random_uuid(), 'HoldExpired', d, m FROM unnest($1::int[], $2::jsonb[], $3::jsonb[]) AS t (n, d, m)`,
      values: [
        numbers.map((n) => at + n),
        numbers.map(() => JSON.stringify(event.data)),
        numbers.map(() => JSON.stringify(event.metadata)),
      ],
    });
  const seconds = (performance.now() - began) / 1_000;
  await client.end();
  return seconds;
}

/** As many holds in one table, ended by one statement: seconds. */
async function updateRows(postgres: BenchPostgres, rows: number): Promise<number> {
  const client = new pg.Client({ connectionString: await postgres.database('one_update') });
  await client.connect();
  await client.query(
    'CREATE TABLE holds (id uuid PRIMARY KEY, status text NOT NULL, until timestamptz NOT NULL)',
  );
  await client.query('CREATE INDEX ON holds (until)');
  await client.query(
    `INSERT INTO holds SELECT gen_random_uuid(), 'live', now() + n * interval '10 us' FROM generate_series(1, $1) n`,
    [rows],
  );
  const began = performance.now();
  const { rowCount } = await client.query(
    `UPDATE holds SET status = 'expired' WHERE status = 'live' AND until <= now() + interval '1 s'`,
  );
  const seconds = (performance.now() - began) / 1_000;
  if (rowCount !== rows) throw new Error(`${rowCount} of ${rows} rows updated`);
  await client.end();
  return seconds;
}
