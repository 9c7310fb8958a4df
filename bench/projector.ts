// From Kafka into the views: a projector that begins with the first event of a full topic, its start included, beside
// nothing but the upserts of the rows that it has written, in the same batches.
import { sql } from 'kysely';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { PostgresEventLog } from '../src/adapters/postgres/postgres-event-log.ts';
import { PostgresLeaseStore } from '../src/adapters/postgres/postgres-lease-store.ts';
import { PostgresRelayProgressStore } from '../src/adapters/postgres/postgres-relay-progress-store.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { systemIds } from '../src/adapters/system/system-ids.ts';
import { SeatingPlanStore } from '../src/commands/seating-plan-store.ts';
import { idOf, type RecordedEvent } from '../src/domain/event.ts';
import { allProjections } from '../src/projections/views/all.ts';
import { PROJECTION_NAMES, type Db } from '../src/projections/projection.ts';
import { Projector } from '../src/projections/projector.ts';
import { saveRows, type Row } from '../src/projections/views/rows.ts';
import { Relay } from '../src/workers/relay.ts';
import type { Bench, Scenario } from './harness/bench.ts';
import { startDistributed, type Distributed } from './harness/distributed.ts';
import { makeHall, makeShows, untilProjected } from './harness/hall.ts';
import { readLog, turnover, writeHistory } from './harness/history.ts';
import { startEngine } from './harness/processes.ts';
import { timed } from './harness/raw-sql.ts';
import { race, type Measured, type Side } from './harness/rounds.ts';
import { spread } from './harness/spread.ts';
import { openFeed } from './harness/topic.ts';

const SHOWS = 50;
const BATCH = 2_000;
const POLL_MS = 10;
const REBUILT = ['holds', 'availability'] as const;

export const projector: Scenario = {
  what: 'events from Kafka into the views',
  async run(bench) {
    const events = bench.quick ? 4_000 : 200_000;
    const world = await startDistributed(bench, 'projector', ['kafka']);
    if (world === null) return;
    try {
      const history = await publishHistory(world, events);
      const rates: number[] = [];
      const fairseat = projected(world, history, (perSecond) => rates.push(perSecond));
      await fairseat.run(-1); // makes the rows of the other side
      const raw = rawUpserts(world, history);
      rates.length = 0;
      await race(bench, {
        title: `Views of ${events.toLocaleString('en')} events from Kafka, the start of the projector included`,
        unit: 'events/s',
        sides: [fairseat, raw],
        asked: { [raw.name]: 0.5 },
      });
      reportRate(bench, rates.slice(-bench.rounds));
    } finally {
      await world.stop();
    }
  },
};

function reportRate(bench: Bench, rates: readonly number[]): void {
  bench.report.figure({
    title: 'Projector',
    what: 'from Kafka into all views',
    unit: 'events/s',
    disk: bench.disk.name,
    value: spread(rates),
    asked: { atLeast: 20_000 },
  });
}

/** Holds and their releases in shows that the views know, all of them in the topic, and none of them in the views. */
async function publishHistory(world: Distributed, events: number): Promise<RecordedEvent[]> {
  const { name, databaseUrl, kafka } = world;
  const engine = await startEngine(databaseUrl);
  const hall = await makeHall(engine.url, 20_000);
  const shows = await makeShows(engine.url, hall, SHOWS);
  await untilProjected(engine.url);
  await engine.kill();
  const [log, { db, close }] = [new PostgresEventLog(databaseUrl), openDatabase(databaseUrl, { poolMax: 4 })];
  const before = await log.lastPosition();
  const streams = shows.map((id) => `show-${id}`);
  await writeHistory(databaseUrl, streams, () => turnover(hall.seatIds, events / SHOWS));
  const history = (await readLog(log)).filter(({ position }) => position > before);
  const feed = await openFeed(kafka!.url, name);
  const stores = { leases: new PostgresLeaseStore(db), progress: new PostgresRelayProgressStore(db) };
  const relay = new Relay({ log, feed, ...stores, clock: systemClock, ids: systemIds });
  relay.start();
  while (relay.position < history.at(-1)!.position) await systemClock.sleep(POLL_MS);
  await relay.stop();
  await feed.close();
  await log.close();
  await close();
  await world.postgres.vacuum('engine');
  return history;
}

/** Each round on a copy of the database, so that it begins anew; the group begins where that copy says. */
function projected(
  { postgres, env }: Distributed,
  history: readonly RecordedEvent[],
  onRate: (perSecond: number) => void,
): Side {
  return {
    name: 'fairseat, all views',
    async run() {
      await postgres.drop('projected');
      const url = await postgres.database('projected', 'engine');
      const { db, close } = openDatabase(url, { poolMax: 2 });
      const goal = history.at(-1)!.position;
      const [began, before] = [performance.now(), postgres.cpuSeconds()];
      const role = await startEngine(url, { ...env }, 'projector');
      while ((await reached(db)) < goal) await systemClock.sleep(POLL_MS);
      const seconds = (performance.now() - began) / 1_000;
      const each = (cpuSeconds: number) => (cpuSeconds / history.length) * 1_000;
      const cpu = { server: each(role.cpuSeconds()), postgres: each(postgres.cpuSeconds() - before) };
      await role.kill();
      await close();
      await checkViews(url, history);
      onRate(history.length / seconds);
      return { value: history.length / seconds, cpu };
    },
  };
}

/** The least that a view has reached. */
async function reached(db: Db): Promise<number> {
  const { rows } = await sql<{ position: number }>`
    select min(position)::float8 as position from projections where status = 'live' and name = any(${[...PROJECTION_NAMES]})`.execute(
    db,
  );
  return rows[0]!.position;
}

/** Each hold is there and has ended, nothing is held, and the views are what a rebuild from the log makes of it. */
async function checkViews(url: string, history: readonly RecordedEvent[]): Promise<void> {
  const { db, close } = openDatabase(url, { poolMax: 4 });
  const log = new PostgresEventLog(url);
  const { rows } = await sql<{ holds: number; held: number; revisions: number }>`
    select (select count(*) from read.holds where status = 'released')::int as holds,
      sum(held)::int as held, sum(revision + 1)::int as revisions from read.availability`.execute(db);
  const ofShows = (await readLog(log)).filter(({ stream }) => stream.startsWith('show-')).length;
  const { holds, held, revisions } = rows[0]!;
  if (holds !== history.length / 2 || held !== 0 || revisions !== ofShows)
    throw new Error(
      `${history.length / 2} holds were released, the views have ${holds}, ${held} held, after ${revisions} of ${ofShows} events`,
    );
  const projections = allProjections(log, new SeatingPlanStore(log));
  const views = new Projector({ db, log, clock: systemClock, projections });
  for (const name of REBUILT)
    if ((await views.rebuild(name, { verify: true })).identical !== true)
      throw new Error(`${name} is not what its rebuild is`);
  await log.close();
  await close();
}

/** Batch by batch the rows that the views have of it in the end, each batch a transaction. */
function rawUpserts({ postgres, databaseUrl }: Distributed, history: readonly RecordedEvent[]): Side {
  return {
    name: 'upserts of the same rows',
    async run(): Promise<Measured> {
      const rows = await rowsOf(databaseUrl.replace(/\w+$/, 'projected'), history);
      await postgres.drop('upserted');
      const { db, close } = openDatabase(await postgres.database('upserted', 'engine'), { poolMax: 1 });
      const measured = await timed(postgres, history.length, async () => {
        for (const { holds, shows } of rows)
          await db.transaction().execute(async (tx) => {
            await sql`select set_config('search_path', 'holds_g1,availability_g1', true),
              set_config('synchronous_commit', 'off', true)`.execute(tx);
            await saveRows(tx, 'holds', 'id', holds);
            await saveRows(tx, 'availability', 'show_id', shows);
          });
      });
      const { rows: found } = await sql<{ n: number }>`select count(*)::int as n from holds_g1.holds`.execute(
        db,
      );
      await close();
      if (found[0]!.n !== history.length / 2)
        throw new Error(`${history.length / 2} holds upserted, ${found[0]!.n} there`);
      return measured;
    },
  };
}

interface RowBatch {
  readonly holds: readonly Row[];
  readonly shows: readonly Row[];
}

async function rowsOf(url: string, history: readonly RecordedEvent[]): Promise<RowBatch[]> {
  const { db, close } = openDatabase(url, { poolMax: 1 });
  const load = async (table: string, key: string): Promise<Map<unknown, Row>> => {
    const found = await sql<{
      row: Row;
    }>`select to_jsonb(t) as row from ${sql.table(`read.${table}`)} t`.execute(db);
    return new Map(found.rows.map(({ row }) => [row[key], row]));
  };
  const [holds, shows] = [await load('holds', 'id'), await load('availability', 'show_id')];
  await close();
  const batches: RowBatch[] = [];
  for (let from = 0; from < history.length; from += BATCH) {
    const batch = history.slice(from, from + BATCH);
    const holdIds = new Set(batch.map(({ data }) => (data as { holdId: string }).holdId));
    const showIds = new Set(batch.map(({ stream }) => idOf(stream)));
    batches.push({
      holds: [...holdIds].map((id) => holds.get(id)!),
      shows: [...showIds].map((id) => shows.get(id)!),
    });
  }
  return batches;
}
