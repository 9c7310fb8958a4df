// Moving house: a whole log from Postgres into EventStoreDB, interrupted and disturbed, ends as the same log; the views of
// either are equal.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { PostgresEventLog } from '../../src/adapters/postgres/postgres-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { copyLog, CopyRefused, type LogCopy } from '../../src/commands/log-copy.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { NO_STREAM, type EventLog } from '../../src/ports/event-log.ts';
import { allProjections } from '../../src/projections/views/all.ts';
import { digestOf } from '../../src/projections/digest.ts';
import { PROJECTION_NAMES } from '../../src/projections/projection.ts';
import { liveGeneration } from '../../src/projections/registry.ts';
import { faultyEventStore } from '../adapters/eventstoredb/under-test.ts';
import {
  allAfter,
  newEvent,
  newEvents,
  newStream,
  onlyGrowing,
  positionsOf,
} from '../contracts/event-log/sample-events.ts';
import { bustle } from '../projections/bustle.ts';
import { openReadModels, project, type ReadModels } from '../projections/read-models.ts';
import { UnrulyLog } from './support/unruly-log.ts';
import { smallSeason, type Season } from '../projections/season.ts';

let models: ReadModels;
let source: PostgresEventLog;
let season: Season;

beforeAll(async () => {
  models = await openReadModels();
  source = new PostgresEventLog(models.url);
  const made = await smallSeason(source);
  season = made.season;
  await bustle(season, made.shows, 250, 11);
});
afterAll(async () => {
  await source.close();
  await models.close();
});

const copy = (from: EventLog, to: EventLog, more: Partial<LogCopy> = {}) =>
  copyLog({ from, to, clock: systemClock, ...more });

const withoutPositions = (events: readonly RecordedEvent[]) =>
  events.map(({ stream, revision, id, type, data, metadata }) => [
    stream,
    revision,
    id,
    type,
    data,
    metadata,
  ]);

async function bothAreEqual(from: EventLog, to: EventLog): Promise<void> {
  const [original, copied] = [await allAfter(from, 0, 5_000), await allAfter(to, 0, 5_000)];
  expect(withoutPositions(copied)).toEqual(withoutPositions(original));
  expect(onlyGrowing(positionsOf(copied), 0)).toBe(true);
}

async function viewsOf(log: EventLog): Promise<string[]> {
  const views = await openReadModels();
  onTestFinished(() => views.close());
  const projections = Object.values(allProjections(log, season.planSource)).map((make) => make());
  await project(views.db, log, projections);
  const digests: string[] = [];
  for (const name of PROJECTION_NAMES) {
    digests.push(`${name} ${await digestOf(views.db, (await liveGeneration(views.db, name))!)}`);
  }
  return digests;
}

describe('a log copied from Postgres into EventStoreDB', () => {
  test('has the same events in the same order, and the views of either are equal', async () => {
    const { log: to } = (await faultyEventStore()).open();
    const events = await source.lastPosition();
    const result = await copy(source, to);
    expect(result).toEqual({ events, copied: events, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await bothAreEqual(source, to);
    expect(await viewsOf(to)).toEqual(await viewsOf(source));
    expect(await copy(source, to)).toEqual({ ...result, copied: 0 });
  });

  test('goes on where it was stopped, through lost answers and leader changes', async () => {
    const { standIn, open } = await faultyEventStore({ nodes: 3 });
    const { log: to } = open();
    const stop = new AbortController();
    let appends = 0;
    const counted = hearing(to, async () => {
      appends += 1;
      if (appends === 60) stop.abort(new Error('stopped'));
      if (appends % 20 === 7) standIn.faults.plan({ on: 'append', does: 'cut', after: 'writing' });
      if (appends % 20 === 13) standIn.faults.plan({ on: 'append', does: 'unavailable' });
      if (appends % 20 === 17) standIn.elect(appends % 3);
    });
    await expect(copy(source, counted, { signal: stop.signal })).rejects.toThrow('stopped');
    const half = (await allAfter(to, 0)).length;
    expect(half).toBeGreaterThan(50);
    const { events, copied } = await copy(source, counted);
    expect(copied).toBe(events - half);
    expect(standIn.faults.happened.length).toBeGreaterThan(4);
    await bothAreEqual(source, to);
  });

  test('comes back into another Postgres as it was', async () => {
    const { log: there } = (await faultyEventStore()).open();
    const first = await copy(source, there);
    const other = await openReadModels();
    const back = new PostgresEventLog(other.url);
    onTestFinished(async () => {
      await back.close();
      await other.close();
    });
    expect(await copy(there, back)).toEqual(first);
    expect(await allAfter(back, 0, 5_000)).toEqual(await allAfter(source, 0, 5_000));
  });

  test('by the command line, which tells the digest of both', async () => {
    const { standIn, open } = await faultyEventStore();
    const { log: to } = open();
    // The stand-in lives in this process, so the command must not block it.
    const told = await fairseat('log', 'copy', '--from', models.url, '--to', standIn.url, '--json');
    expect(JSON.parse(told)).toMatchObject({ events: await source.lastPosition() });
    await bothAreEqual(source, to);
    await expect(fairseat('log', 'copy', '--to', 'http://nowhere')).rejects.toThrow(/begins with esdb:\/\//);
  });
});

describe('a copy is refused', () => {
  const log = () => new MemoryEventLog(systemClock);

  test('when the target holds something else', async () => {
    const [from, to] = [log(), log()];
    const [stream, events] = [newStream(), newEvents(3)];
    await from.append(stream, NO_STREAM, events);
    await to.append(stream, NO_STREAM, [events[0]!, { ...events[1]!, data: { n: 7 } }]);
    await expect(copy(from, to)).rejects.toThrow(CopyRefused);
    await expect(copy(from, to)).rejects.toThrow(/event 2 is SeatsHeld/);
    expect(await to.lastPosition()).toBe(2);
  });

  test('when the target holds more than the source', async () => {
    const [from, to] = [log(), log()];
    await copy(from, to);
    await to.append(newStream(), NO_STREAM, newEvents(1));
    await expect(copy(from, to)).rejects.toThrow(/an event that the source does not/);
  });

  test('when somebody else writes to the target meanwhile', async () => {
    const [from, to] = [log(), log()];
    const streams = [newStream(), newStream()];
    for (const stream of streams) await from.append(stream, NO_STREAM, newEvents(2));
    const intruded = hearing(to, async (stream) => {
      if (stream === streams[1]) await to.append(stream, NO_STREAM, newEvents(1));
    });
    await expect(copy(from, intruded)).rejects.toThrow(/written to meanwhile/);
  });

  test.for(['stream', 'id', 'type', 'data', 'metadata'] as const)(
    'when the target keeps another %s than it was given: the digests say so',
    async (spoilt) => {
      const [from, to] = [log(), log()];
      await from.append(newStream(), NO_STREAM, newEvents(3));
      const other = newEvent({ other: true }, 'SeatsOffered');
      const append: EventLog['append'] = (stream, expected, [first, ...rest]) => {
        const kept = { ...first!, ...(spoilt !== 'stream' && { [spoilt]: other[spoilt] }) };
        return to.append(spoilt === 'stream' ? newStream() : stream, expected, [kept, ...rest]);
      };
      const spoiling = Object.assign(new UnrulyLog(to), { append });
      await expect(copy(from, spoiling)).rejects.toThrow(
        /^The logs differ: the source has the digest [0-9a-f]{64}, the target [0-9a-f]{64}\.$/,
      );
    },
  );

  test('unless fields merely stand in another order', async () => {
    const [from, to] = [log(), log()];
    const [stream, event] = [newStream(), newEvent({ a: 1, b: { c: [1, { d: 2, e: 3 }] } })];
    await from.append(stream, NO_STREAM, [event]);
    await to.append(stream, NO_STREAM, [{ ...event, data: { b: { c: [1, { e: 3, d: 2 }] }, a: 1 } }]);
    expect(await copy(from, to)).toMatchObject({ events: 1, copied: 0 });
  });
});

test('an address that cannot be reached is told in a sentence', async () => {
  const nobody = 'postgres://fairseat@127.0.0.1:1/none';
  const refused = await fairseat('log', 'copy', '--from', nobody, '--to', nobody).catch(String);
  expect(refused).toMatch(/^Error: fairseat: The database at 127\.0\.0\.1:1 cannot be used \(.*\n$/);
});

/** The same log, but for what is done before each append. */
function hearing(log: EventLog, beforeAppend: (stream: string) => Promise<void>): EventLog {
  const append: EventLog['append'] = async (stream, expected, events) => {
    await beforeAppend(stream);
    return log.append(stream, expected, events);
  };
  return Object.assign(new UnrulyLog(log), { append });
}

function fairseat(...args: string[]): Promise<string> {
  const main = fileURLToPath(new URL('../../src/main.mjs', import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) =>
      error ? reject(new Error(stderr)) : resolve(stdout),
    );
  });
}
