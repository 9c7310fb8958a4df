// What the event log on Postgres takes and gives: appends at several batch sizes, checks, reading a long stream. Run it
// with `node bench/parts/event-log.ts`; BENCH_DATABASE_URL names an empty database, without it a Postgres is started.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-server.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import type { NewEvent } from '../../src/domain/event.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const LONG_STREAM_EVENTS = Number(process.env['LONG_STREAM_EVENTS'] ?? 1_000_000);
const ROUND_MS = 1_500;

interface Figure {
  readonly perS: number;
  /** Processor time of this process, µs each. */
  readonly nodeUs: number;
}

/** About 250 bytes of data and 260 of metadata, as a hold has. */
const hold = (): NewEvent => {
  const commandId = systemIds.uuid();
  return {
    id: systemIds.uuid(),
    type: 'SeatsHeld',
    data: {
      holdId: commandId,
      customerId: `customer-${commandId}`,
      clientId: 'shop',
      seats: ['A-12-1', 'A-12-2'],
      until: '2026-11-21T10:10:00.000Z',
      total: { amount: 9_000, currency: 'EUR' },
    },
    metadata: {
      commandId,
      requestHash: '0f8fad5bd9cb469fa16570867728950e',
      actor: 'client:shop',
      correlationId: systemIds.uuid(),
      causationId: commandId,
      at: '2026-11-21T10:00:00.000Z',
    },
  };
};

/** Repeats `step`, which says how many it did, for a while. */
async function rate(step: () => Promise<number>): Promise<Figure> {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  let done = 0;
  while (performance.now() - startedAt < ROUND_MS) done += await step();
  const { user, system } = process.cpuUsage(cpu);
  return { perS: (done / (performance.now() - startedAt)) * 1_000, nodeUs: (user + system) / done };
}

function appendTo(log: PostgresEventLog, eventsMax: number): () => Promise<number> {
  const stream = `show-${systemIds.uuid()}`;
  let revision = -1;
  return async () => {
    const events = Array.from({ length: eventsMax }, hold);
    const answer = await log.append(stream, revision, events);
    if (answer.kind !== 'appended') throw new Error(`A conflict at ${revision} of the only writer's stream.`);
    revision = answer.revision;
    return events.length;
  };
}

function appendToMany(log: PostgresEventLog, streams: number): () => Promise<number> {
  const steps = Array.from({ length: streams }, () => appendTo(log, 1));
  return async () => {
    const done = await Promise.all(steps.map((step) => step()));
    return done.length;
  };
}

function checkMany(log: PostgresEventLog, streams: number): () => Promise<number> {
  const names = Array.from({ length: streams }, () => `show-${systemIds.uuid()}`);
  return async () => (await Promise.all(names.map((name) => log.append(name, -1, [])))).length;
}

async function readLongStream(log: PostgresEventLog, stream: string): Promise<Figure> {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  let read = 0;
  for await (const page of log.readStream(stream, 0)) read += page.length;
  const { user, system } = process.cpuUsage(cpu);
  if (read !== LONG_STREAM_EVENTS) throw new Error(`Read ${read} events of ${LONG_STREAM_EVENTS}.`);
  return { perS: (read / (performance.now() - startedAt)) * 1_000, nodeUs: (user + system) / read };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

function report(name: string, figures: Figure[]): void {
  const rates = figures.map((figure) => Math.round(figure.perS));
  const spread = `${Math.min(...rates)}–${Math.max(...rates)}`;
  const nodeUs = median(figures.map((figure) => figure.nodeUs)).toFixed(1);
  console.log(
    `${name.padEnd(40)} ${String(median(rates)).padStart(8)}/s  (${spread}), ${nodeUs} µs of Node each`,
  );
}

async function run(url: string): Promise<void> {
  const { pool, db, close } = openDatabase(url, { poolMax: 1 });
  await migrate(db);
  const log = new PostgresEventLog(url);
  const scenarios: [string, () => () => Promise<number>][] = [
    ...[1, 64, 128, 256].map((size): [string, () => () => Promise<number>] => [
      `append ${size} events of one stream`,
      () => appendTo(log, size),
    ]),
    ['append 1 event to each of 128 streams', () => appendToMany(log, 128)],
    ['check 1 stream', () => checkMany(log, 1)],
    ['check 128 streams', () => checkMany(log, 128)],
  ];
  const figures = new Map<string, Figure[]>(scenarios.map(([name]) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, scenario] of scenarios) figures.get(name)!.push(await rate(scenario()));
  }
  for (const [name, found] of figures) report(name, found);

  const stream = 'show-long';
  for (let revision = -1; revision < LONG_STREAM_EVENTS - 1; revision += 500)
    await log.append(stream, revision, Array.from({ length: 500 }, hold));
  await pool.query('vacuum analyze events');
  const reads: Figure[] = [];
  for (let round = 0; round < ROUNDS; round += 1) reads.push(await readLongStream(log, stream));
  report(`read a stream of ${LONG_STREAM_EVENTS} events`, reads);
  await log.close();
  await close();
}

const given = process.env['BENCH_DATABASE_URL'];
if (given) {
  await run(given);
} else {
  const dataDir = await mkdtemp(join(tmpdir(), 'fairseat-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
  try {
    await run(postgres.url);
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
