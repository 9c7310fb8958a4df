// The pipeline on every event log: processes that race on one stream, and, on Postgres, connections that are cut while
// commands are under way. Every seat has one owner and every verdict is borne out by the log.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { CommandPipeline } from '../../src/commands/pipeline.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { eventsIn, noPlans, told } from './support/house.ts';
import { seatAggregate, seatsOf } from './support/seats.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
  const opened = openDatabase(database.url, { poolMax: 2 });
  await migrate(opened.db);
  await opened.close();
});
afterAll(() => database.drop());

const memory = new MemoryEventLog(systemClock);
const adapters: [string, () => EventLog][] = [
  ['memory', () => memory],
  ['Postgres', () => new PostgresEventLog(database.url)],
];

interface Race {
  readonly hall: string;
  readonly pipelines: CommandPipeline[];
  readonly logs: EventLog[];
}

/** Two processes, each with its own connections. */
function raceOn(open: () => EventLog): Race {
  const logs = [open(), open()];
  const limits = { conflictRetriesMax: 100 };
  const pipelines = logs.map(
    (log) => new CommandPipeline({ log, clock: systemClock, ids: systemIds, plans: noPlans, limits }),
  );
  return { hall: systemIds.uuid(), pipelines, logs };
}

/** Buys every seat it can, sending a command again, through either process, until it has a verdict. */
async function buy({ hall, pipelines }: Race, who: string, seats: string[]): Promise<string[]> {
  const won: string[] = [];
  for (const [i, seat] of seats.entries()) {
    const context = {
      commandId: `${who}-${seat}`,
      requestHash: '',
      actor: 'client:test',
      correlationId: who,
    };
    for (let attempt = 0; ; attempt += 1) {
      const pipeline = pipelines[(i + attempt) % pipelines.length]!;
      try {
        const outcome = await pipeline.execute(
          seatAggregate,
          hall,
          { kind: 'Take', seats: [seat], by: who },
          context,
          seatsOf,
        );
        if (outcome.ok && outcome.value[seat] === who) won.push(`SeatTaken ${seat} by ${who}`);
        break;
      } catch (error) {
        if (!(error instanceof Fault) || attempt > 200) throw error;
        await pause(10);
      }
    }
  }
  return won;
}

/** What the buyers believe to have and what the log says, both sorted. */
async function buyAll(
  race: Race,
  buyers: number,
  seatCount: number,
): Promise<{ won: string[]; log: string[] }> {
  const seats = Array.from({ length: seatCount }, (_, i) => `S${i}`);
  const won = await Promise.all(Array.from({ length: buyers }, (_, i) => buy(race, `buyer${i}`, seats)));
  const log = told(await eventsIn(race.logs[0]!, race.hall));
  return { won: won.flat().sort(), log: log.sort() };
}

describe.each(adapters)('on the %s log', (_, open) => {
  test('two processes give every seat to one buyer, and tell the truth', async () => {
    const race = raceOn(open);
    const { won, log } = await buyAll(race, 12, 80);
    expect(log).toEqual(won);
    expect(log.length).toBe(80);
    for (const pipeline of race.pipelines) await pipeline.close(5_000);
    if (race.logs[0] !== memory) for (const log of race.logs) await log.close();
  });

  test('a show is as it was for a process that starts later', async () => {
    const race = raceOn(open);
    await buyAll(race, 2, 10);
    const later = { ...raceOn(open), hall: race.hall };
    const [before, after] = await Promise.all(
      [race, later].map(({ pipelines, hall }) => pipelines[0]!.read(seatAggregate, hall, seatsOf)),
    );
    expect(after).toEqual(before);
    if (race.logs[0] !== memory) for (const log of [...race.logs, ...later.logs]) await log.close();
  });
});

test('connections cut at any moment cost time, never a seat or a lie', async () => {
  const race = raceOn(() => new PostgresEventLog(database.url));
  const admin = new pg.Client({ connectionString: database.url });
  admin.on('error', () => {});
  await admin.connect();
  let selling = true;
  let cut = 0;
  const cutting = (async () => {
    // Ever longer apart: a slow machine must be able to get something done in between.
    for (let apartMs = 15; selling; apartMs += 3) {
      await pause(apartMs);
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'fairseat log%'`,
      );
      cut += rowCount ?? 0;
    }
  })();
  const { won, log } = await buyAll(race, 8, 50);
  selling = false;
  await cutting;
  await admin.end();
  expect(cut).toBeGreaterThan(0);
  expect(log).toEqual(won);
  expect(log.length).toBe(50);
  for (const open of race.logs) await open.close();
});
