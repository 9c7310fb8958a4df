// 100,000 holds fall due within one second: how long after `until` is each lapse committed and seen?
// Run: node bench/hold-expiry.ts [shows]      (default 1000; 1 is one show with all of them)
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../src/adapters/postgres/database.ts';
import { startEmbeddedPostgres } from '../src/adapters/postgres/embedded-server.ts';
import { migrate } from '../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../src/adapters/postgres/postgres-event-log.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { systemIds } from '../src/adapters/system/system-ids.ts';
import { CommandPipeline } from '../src/commands/pipeline.ts';
import type { NewEvent } from '../src/domain/event.ts';
import { buildPlan } from '../src/domain/seating-plan/plan-builder.ts';
import { showAggregate } from '../src/domain/show/show.ts';
import { LogTail } from '../src/live/log-tail.ts';
import { fromTheLogAlone } from '../src/workers/due-shows.ts';
import { HoldExpirer } from '../src/workers/hold-expirer.ts';

const HOLDS = 100_000;
const SHOWS = Number(process.argv[2] ?? 1_000);
const SEATS = HOLDS / SHOWS;
const CHUNK = 2_000;
const LEAD_MS = 30_000;

const plan = buildPlan({
  id: systemIds.uuid(),
  venueId: 'v',
  name: 'Hall',
  categories: [{ id: 'A', name: 'A', color: null }],
  areas: [],
  focalPoint: { x: 0, y: 0 },
  rows: [
    {
      zone: 'Z',
      name: '1',
      ids: Array.from({ length: SEATS }, (_, i) => `s${i}`),
      numbers: Array.from({ length: SEATS }, (_, i) => String(i)),
      categories: Array.from({ length: SEATS }, () => 0),
      x: Array.from({ length: SEATS }, (_, i) => i),
      y: Array.from({ length: SEATS }, () => 0),
    },
  ],
});
const total = { amount: 2500, currency: 'EUR' };
const dueBase = Math.ceil(systemClock.now() / 1000) * 1000 + LEAD_MS;
const iso = (ms: number): string => new Date(ms).toISOString();

function event(type: string, data: unknown): NewEvent {
  const commandId = systemIds.uuid();
  const metadata = {
    commandId,
    requestHash: 'h',
    actor: 'client:shop',
    correlationId: commandId,
    causationId: commandId,
    at: iso(dueBase - LEAD_MS),
  };
  return { id: systemIds.uuid(), type, data, metadata };
}

const times = {
  startsAt: iso(dueBase + 1e9),
  endsAt: null,
  timeZone: 'UTC',
  salesOpenAt: null,
  salesCloseAt: null,
};
const rules = { holdTtlMs: 600_000, offerTtlMs: 600_000, ticketsPerCustomer: 10, waitlistPolicy: 'strict' };
const show = { venueId: 'v', seatingPlanId: plan.id, prices: { A: total }, published: true };
const scheduled = () => event('ShowScheduled', { eventId: systemIds.uuid(), ...show, ...times, ...rules });

function held(i: number): NewEvent {
  const holder = { holdId: systemIds.uuid(), clientId: 'shop', customerId: `c${i}` };
  const until = iso(dueBase + (i % 1_000));
  return event('SeatsHeld', { ...holder, seats: [`s${i}`], areas: [], total, until });
}

async function seed(log: PostgresEventLog, show: string): Promise<void> {
  const events = [scheduled(), ...Array.from({ length: SEATS }, (_, i) => held(i))];
  for (let from = 0; from < events.length; from += CHUNK)
    await log.append(show, from - 1, events.slice(from, from + CHUNK));
}

const dataDir = await mkdtemp(join(tmpdir(), 'fairseat-expiry-'));
const postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
const { db, close } = openDatabase(postgres.url, { poolMax: 2 });
await migrate(db);
await close();
const log = new PostgresEventLog(postgres.url);
const shows = Array.from({ length: SHOWS }, () => `show-${systemIds.uuid()}`);
let next = 0;
const began = systemClock.now();
await Promise.all(
  Array.from({ length: 32 }, async () => {
    for (let show = shows[next++]; show !== undefined; show = shows[next++]) await seed(log, show);
  }),
);
console.log(
  `${HOLDS} holds in ${SHOWS} shows, written in ${systemClock.now() - began} ms; due in ${dueBase - systemClock.now()} ms`,
);

const plans = { get: () => plan, load: async () => plan };
const aggregate = showAggregate(plans);
const pipeline = new CommandPipeline({ log, clock: systemClock, ids: systemIds, plans });
const tail = new LogTail({ log, clock: systemClock });
const late: number[] = [];
let appends = 0;
let stalledMs = 0;
tail.follow((events) => {
  const now = systemClock.now();
  appends += 1;
  for (const { type, data } of events) {
    if (type !== 'HoldExpired') continue;
    const [seat] = (data as { seats: string[] }).seats;
    late.push(now - dueBase - (Number(seat!.slice(1)) % 1_000));
  }
});
const expirer = new HoldExpirer({
  pipeline,
  aggregate,
  log,
  tail,
  dueShows: fromTheLogAlone,
  clock: systemClock,
  ids: systemIds,
  onFault: console.error,
});
const starting = systemClock.now();
await expirer.start();
while (!expirer.caughtUp) await systemClock.sleep(20);
console.log(
  `caught up in ${systemClock.now() - starting} ms from the log alone; ${expirer.waiting} shows on the agenda`,
);
// States are warm, as they are when the holds were made by this process.
await Promise.all(
  shows.slice(0, 2_000).map((show) => pipeline.read(aggregate, show.slice(5), (s) => s.revision)),
);
console.log(`due in ${dueBase - systemClock.now()} ms`);
while (systemClock.now() < dueBase) await systemClock.sleep(5);
const cpu = process.cpuUsage();
let last = systemClock.now();
while (late.length < HOLDS) {
  await systemClock.sleep(5);
  stalledMs = Math.max(stalledMs, systemClock.now() - last - 5);
  last = systemClock.now();
}
late.sort((a, b) => a - b);
const at = (p: number) => late[Math.min(late.length - 1, Math.floor(late.length * p))];
console.log(
  `lapses after until, ms: p50 ${at(0.5)}, p99 ${at(0.99)}, max ${late.at(-1)}; all ${systemClock.now() - dueBase} ms after the first was due; ${appends} batches; loop held up ${stalledMs} ms at most; ${Math.round((process.cpuUsage(cpu).user + process.cpuUsage(cpu).system) / 1000)} ms of CPU`,
);
await expirer.stop();
await tail.stop();
await pipeline.close(1_000);
await log.close();
await postgres.stop();
await rm(dataDir, { recursive: true, force: true });
