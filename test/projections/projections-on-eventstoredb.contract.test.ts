// Projections over a log whose positions have gaps, as those of EventStoreDB: they follow and are rebuilt all the same.
import { expect, onTestFinished, test } from 'vitest';
import { openEventStoreDb } from '../../src/adapters/eventstoredb/eventstoredb.ts';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { EventLog } from '../../src/ports/event-log.ts';
import { UnrulyLog } from '../commands/support/unruly-log.ts';
import { startEventStore } from '../support/servers/servers.ts';
import { bustle } from './bustle.ts';
import { ProjectorWorld } from './projector-world.ts';
import { openReadModels } from './read-models.ts';
import { smallSeason } from './season.ts';

const REBUILD_MS_MAX = 120_000;
/**
 * All there was, the few events that came meanwhile, and what is added when it switches: three to five by how busy the
 * machine is. A rebuild that went by positions would go on for as long as events come.
 */
const PASSES_MAX = 10;

async function worldOn(log: EventLog): Promise<ProjectorWorld> {
  const { season, shows } = await smallSeason(log);
  const world = new ProjectorWorld(await openReadModels(), season, shows);
  onTestFinished(() => world.close());
  await bustle(season, shows, 100, 7);
  return world;
}

/** Does `work` while events keep coming. */
async function whileWriting({ season, shows }: ProjectorWorld, work: () => Promise<void>): Promise<void> {
  let done = false;
  const writing = (async () => {
    for (let seed = 100; !done; seed += 1) {
      await bustle(season, shows, 5, seed);
      await systemClock.sleep(1); // a log in memory never lets others have a turn
    }
  })();
  try {
    await work();
  } finally {
    done = true;
    await writing;
  }
}

test('a rebuild over EventStoreDB ends while events keep coming, and ends byte-equal', async () => {
  const server = await startEventStore();
  onTestFinished(() => server.stop());
  const db = openEventStoreDb(server.url);
  onTestFinished(() => db.log.close());
  const world = await worldOn(db.log);
  const running = world.projector();
  await running.start();
  await world.reached(running);
  await whileWriting(world, async () => {
    const signal = AbortSignal.timeout(REBUILD_MS_MAX);
    const rebuilt = await running.rebuild('holds', { verify: true, batchSize: 50, signal });
    expect(rebuilt).toMatchObject({ name: 'holds', generation: 2, identical: true });
  });
  await world.reached(running);
  expect(world.problems).toEqual([]);
});

test('a new version catches up with a log that grows, however far apart its positions are', async () => {
  const world = await worldOn(withGaps(new MemoryEventLog(systemClock)));
  const running = world.projector();
  await running.start();
  await world.reached(running);
  await running.stop();
  const next = world.projector({
    projections: world.changed('holds', ({ version }) => ({ version: version + 1 })),
  });
  await whileWriting(world, async () => {
    const signal = AbortSignal.timeout(REBUILD_MS_MAX);
    const passes: number[] = [];
    const onProgress = ({ done }: { done: number }) => void passes.push(done);
    const rebuilt = await next.rebuild('holds', { signal, onProgress });
    expect(rebuilt).toMatchObject({ name: 'holds', generation: 2 });
    expect(passes.length).toBeLessThanOrEqual(PASSES_MAX);
  });
});

const APART = 1_000;

/** The same log with its positions further apart. */
function withGaps(log: EventLog): EventLog {
  const spread = <E extends { position: number }>(found: E): E => ({
    ...found,
    position: found.position * APART,
  });
  const inner = (position: number) => Math.floor(position / APART);
  return Object.assign(new UnrulyLog(log), {
    append: async (...append: Parameters<EventLog['append']>) => {
      const answer = await log.append(...append);
      return answer.kind === 'appended' ? spread(answer) : answer;
    },
    readAll: async (after, limit, only) => (await log.readAll(inner(after), limit, only)).map(spread),
    lastPosition: async () => (await log.lastPosition()) * APART,
    subscribeAll: (after, handle, options) =>
      log.subscribeAll(inner(after), (events: RecordedEvent[]) => handle(events.map(spread)), options),
  } satisfies Partial<EventLog>);
}
