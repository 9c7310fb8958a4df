// The pipeline on every event log: processes that race on one stream, and connections that are cut, answers that are lost
// and leaders that change while commands are under way. Every seat has one owner and every verdict is borne out by the log.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEventStoreDb } from '../../src/adapters/eventstoredb/eventstoredb.ts';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { migrate } from '../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { CommandPipeline } from '../../src/commands/pipeline.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { faultyEventStore } from '../adapters/eventstoredb/under-test.ts';
import type { StandInFault } from '../support/eventstoredb/faults.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startEventStore } from '../support/servers/servers.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { eventsIn, noPlans, told } from './support/house.ts';
import { seatAggregate, seatsOf } from './support/seats.ts';

let database: TestDatabase;
let eventStore: RunningServer;

beforeAll(async () => {
  database = await createDatabase();
  const opened = openDatabase(database.url, { poolMax: 2 });
  await migrate(opened.db);
  await opened.close();
  eventStore = await startEventStore();
});
afterAll(async () => {
  await database.drop();
  await eventStore.stop();
});

const memory = new MemoryEventLog(systemClock);
const adapters: [string, () => EventLog][] = [
  ['memory', () => memory],
  ['Postgres', () => new PostgresEventLog(database.url)],
  ['EventStoreDB', () => openEventStoreDb(eventStore.url).log],
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

/** What the buyers believe to have and, once what disturbed them is over, what the log says, both sorted. */
async function buyAll(
  race: Race,
  buyers: number,
  seatCount: number,
  calmed: () => Promise<void> = async () => {},
): Promise<{ won: string[]; log: string[] }> {
  const seats = Array.from({ length: seatCount }, (_, i) => `S${i}`);
  const won = await Promise.all(Array.from({ length: buyers }, (_, i) => buy(race, `buyer${i}`, seats)));
  await calmed();
  const log = told(await inTheEnd(() => eventsIn(race.logs[0]!, race.hall)));
  return { won: won.flat().sort(), log: log.sort() };
}

/** A connection that was cut at the very last is found out by the next statement on it. */
async function inTheEnd<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Fault) || attempt === 20) throw error;
      await pause(50);
    }
  }
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
  const { won, log } = await buyAll(race, 8, 50, () => {
    selling = false;
    return cutting;
  });
  await admin.end();
  expect(cut).toBeGreaterThan(0);
  expect(log).toEqual(won);
  expect(log.length).toBe(50);
  for (const open of race.logs) await open.close();
});

const ACCIDENTS: readonly StandInFault[] = [
  { on: 'append', does: 'cut', after: 'writing' },
  { on: 'append', does: 'unavailable', after: 'writing' },
  { on: 'append', does: 'cut' },
  { on: 'append', does: 'timeout', after: 'writing' },
  { on: 'append', does: 'not-leader' },
  { on: 'read', does: 'cut' },
  { on: 'append', does: 'late', after: 'writing', ms: 50 },
  { on: 'read', does: 'unavailable' },
];

test('EventStoreDB losing answers, dropping connections and changing leaders costs time, never a seat or a lie', async () => {
  const { standIn, open } = await faultyEventStore({ nodes: 3 });
  const race = raceOn(() => open().log);
  let selling = true;
  let round = 0;
  const disturbing = (async () => {
    // Ever longer apart: a slow machine must be able to get something done in between.
    for (let apartMs = 15; selling; apartMs += 3) {
      await pause(apartMs);
      if (standIn.faults.pending < ACCIDENTS.length)
        standIn.faults.plan(ACCIDENTS[round % ACCIDENTS.length]!);
      if (round % 5 === 0) standIn.elect((round / 5) % 3);
      round += 1;
    }
  })();
  const { won, log } = await buyAll(race, 6, 40, () => {
    selling = false;
    return disturbing;
  });
  expect(standIn.faults.happened.length).toBeGreaterThan(5);
  expect(log).toEqual(won);
  expect(log.length).toBe(40);
});

test('an answer that never comes from EventStoreDB is looked for, and the verdict is what the log says', async () => {
  const { standIn, open } = await faultyEventStore();
  const race = raceOn(() => open().log);
  await buyAll(race, 1, 1);
  standIn.faults.plan({ on: 'append', stream: 'show-', does: 'silent', after: 'writing' });
  const { won, log } = await buyAll(race, 2, 3);
  expect(standIn.faults.pending).toBe(0);
  expect(log).toEqual(won);
  expect(log.length).toBe(3);
});
