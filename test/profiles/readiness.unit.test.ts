// A process that cannot reach one of its servers says so at /readyz, and is ready again when it can.
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { readinessOf } from '../../src/profiles/readiness.ts';
import { Projector } from '../../src/projections/projector.ts';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { ClockWatch } from '../../src/workers/clock-watch.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const NOTHING = Promise.resolve(null);

let watch: ClockWatch;
afterEach(() => watch.stop());

async function stage(logNow?: () => Promise<number>) {
  const clock = new VirtualClock(Date.parse('2027-03-01T12:00:00Z'));
  const log = new MemoryEventLog(clock);
  // Answers every statement with no rows.
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (it) => new PostgresIntrospector(it),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  watch = new ClockWatch({ clock, log: { now: logNow ?? (() => log.now()) } });
  await watch.start();
  const asked = { lastPosition: () => log.lastPosition(), noRoom: (): Promise<string | null> => NOTHING };
  const projector = new Projector({ db, log, clock, projections: {} as never });
  const readiness = readinessOf(
    { database: { db }, log: asked, clock, projector, clockWatch: watch, noRoomForLog: () => asked.noRoom() },
    () => false,
  );
  return { clock, asked, log, readiness };
}

test('a process whose event log refuses is not ready, until it no longer does', async () => {
  const { clock, asked, log, readiness } = await stage();
  expect(await readiness()).toBe(null);
  asked.lastPosition = () => Promise.reject(new Error('connection refused'));
  await clock.pass(500);
  expect(await readiness()).toContain('The event log does not answer');
  asked.lastPosition = () => log.lastPosition();
  await clock.pass(500);
  expect(await readiness()).toBe(null);
});

test('the servers are asked again half a second later though the clock was put back meanwhile', async () => {
  const { clock, asked, readiness } = await stage();
  expect(await readiness()).toBe(null);
  asked.lastPosition = () => Promise.reject(new Error('connection refused'));
  clock.putMs = -3_600_000;
  await clock.pass(500);
  expect(await readiness()).toContain('The event log does not answer');
});

test('an event log that is silent is away after two seconds', async () => {
  const { clock, asked, readiness } = await stage();
  asked.lastPosition = () => new Promise(() => {});
  const reason = readiness();
  await clock.pass(2_000);
  expect(await reason).toContain('The event log does not answer');
});

test('a log that has never answered is what is told, not the clock that could not be compared with it', async () => {
  const away = () => Promise.reject(new Error('connection refused'));
  const { asked, readiness } = await stage(away);
  asked.lastPosition = away;
  expect(await readiness()).toMatch(/^The event log does not answer.*EVENTSTORE_URL/);
});

test('a full disk is told within five seconds, though every server answers, and so is that it has room again', async () => {
  const { clock, asked, readiness } = await stage();
  expect(await readiness()).toBe(null);
  asked.noRoom = () => Promise.resolve('No space left on device');
  await clock.pass(5_000);
  expect(await readiness()).toMatch(/^The disk of the database is full/);
  asked.noRoom = () => NOTHING;
  await clock.pass(5_000);
  expect(await readiness()).toBe(null);
});

test('who could not learn whether there is room says nothing of it', async () => {
  const { asked, readiness } = await stage();
  asked.noRoom = () => Promise.reject(new Error('canceling statement due to statement timeout'));
  expect(await readiness()).toBe(null);
});
