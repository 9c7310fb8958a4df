// What is announced of an event reaches its shows, even if the process that began it died half-way.
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryCheckpointStore } from '../../src/adapters/memory/memory-checkpoint-store.ts';
import { childContext } from '../../src/commands/catalogue/publication.ts';
import { eventAggregate } from '../../src/domain/event/event.ts';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { Fault } from '../../src/ports/fault.ts';
import { CatalogueFollower } from '../../src/workers/catalogue-follower.ts';
import { ids, WorkerWorld } from './worker-world.ts';

const worlds: WorkerWorld[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.stop();
});

async function stage() {
  const world = await WorkerWorld.withShows({ shows: 0 });
  worlds.push(world);
  const checkpoints = new MemoryCheckpointStore();
  const eventId = ids.uuid();
  const fields = { title: 'One night', description: null, type: null, tags: [], language: null };
  await world.onEvent(eventId, { kind: 'CreateEvent', ...fields });
  const follower = () => world.stopped(new CatalogueFollower({ ...world.workerParts(), checkpoints }));
  /** Adds a show to the event, and schedules it unless the process dies before that. */
  const addShow = async (published: boolean, begun = true) => {
    const showId = ids.uuid();
    await world.onEvent(eventId, { kind: 'AddShow', showId });
    if (begun) await world.schedule(showId, eventId, published);
    return showId;
  };
  return { world, checkpoints, eventId, follower, addShow };
}

describe('the catalogue follower', () => {
  it('publishes the shows of an event that was published and then forgotten', async () => {
    const { world, eventId, follower, addShow } = await stage();
    const [first, second] = [await addShow(false), await addShow(false)];
    await addShow(false, false);
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await follower().start();
    await world.clock.pass(1_000);
    expect([await world.told(first), await world.told(second)]).toEqual([
      ['ShowPublished'],
      ['ShowPublished'],
    ]);
  });

  it('cancels shows with the reason of the event', async () => {
    const { world, eventId, follower, addShow } = await stage();
    const show = await addShow(false);
    await follower().start();
    await world.clock.pass(1_000);
    await world.onEvent(eventId, { kind: 'CancelEvent', reason: 'rain' });
    await world.clock.pass(1_000);
    expect(await world.told(show)).toEqual(['ShowCancelled']);
    const events = await world.log.readAll(0, 1_000, { types: ['ShowCancelled', 'EventCancelled'] });
    const [cause, effect] = events as [RecordedEvent, RecordedEvent];
    expect(effect).toMatchObject({
      data: { reason: 'rain' },
      metadata: { actor: 'system:catalogue-follower', causationId: cause.id },
    });
    expect(effect.metadata.commandId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
  });

  it('pauses the sales of an event that was taken off view, and leaves resuming to people', async () => {
    const { world, eventId, follower, addShow } = await stage();
    const show = await addShow(true);
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await follower().start();
    await world.clock.pass(1_000);
    await world.onEvent(eventId, { kind: 'UnpublishEvent', reason: 'offline' });
    await world.clock.pass(1_000);
    expect(await world.told(show)).toEqual(['SalesPaused']);
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await world.clock.pass(1_000);
    expect(await world.told(show)).toEqual(['SalesPaused']);
  });

  it('sends the very command that whoever caused it would have sent', async () => {
    const { world, eventId, follower, addShow } = await stage();
    const show = await addShow(false);
    await follower().start();
    await world.clock.pass(1_000);
    const parent = { commandId: ids.uuid(), requestHash: 'hash', actor: 'client:shop', correlationId: 'c' };
    await world.process.execute(eventAggregate, eventId, { kind: 'PublishEvent' }, parent, () => null);
    await world.clock.pass(1_000);
    const late = await world.process.execute(
      world.aggregate,
      show,
      { kind: 'PublishShow' },
      childContext(parent, show, 'PublishShow'),
      () => null,
    );
    expect(late).toMatchObject({ ok: true, replayed: true });
    expect(await world.told(show)).toEqual(['ShowPublished']);
  });

  it('reaches a show that was scheduled after its event had been published or cancelled', async () => {
    const { world, eventId, follower, addShow } = await stage();
    await follower().start();
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await world.clock.pass(1_000);
    const late = await addShow(false);
    await world.clock.pass(1_000);
    expect(await world.told(late)).toEqual(['ShowPublished']);
    await world.onEvent(eventId, { kind: 'CancelEvent', reason: 'rain' });
    const latest = ids.uuid();
    await world.schedule(latest, eventId, true);
    await world.clock.pass(1_000);
    expect(await world.told(latest)).toEqual(['ShowCancelled']);
  });

  it('pauses the sales of a show that was scheduled as on view after its event had been taken off it', async () => {
    const { world, eventId, follower } = await stage();
    await follower().start();
    const showId = ids.uuid();
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await world.onEvent(eventId, { kind: 'AddShow', showId });
    await world.onEvent(eventId, { kind: 'UnpublishEvent', reason: 'offline' });
    await world.clock.pass(1_000);
    await world.schedule(showId, eventId, true);
    await world.clock.pass(1_000);
    expect(await world.told(showId)).toEqual(['SalesPaused']);
  });

  it('does not pause again the sales of a show of a draft that an organiser has resumed', async () => {
    const { world, eventId, follower, addShow } = await stage();
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    const show = await addShow(true);
    const parent = { commandId: ids.uuid(), requestHash: 'hash', actor: 'client:shop', correlationId: 'c' };
    const [unpublish, pause] = [{ kind: 'UnpublishEvent' } as const, { kind: 'PauseSales' } as const];
    const reason = 'offline';
    await world.process.execute(eventAggregate, eventId, { ...unpublish, reason }, parent, () => null);
    const child = childContext(parent, show, pause.kind);
    await world.process.execute(world.aggregate, show, { ...pause, reason }, child, () => null);
    await world.send(show, { kind: 'ResumeSales', reason: 'the box office sells' });
    await follower().start();
    await world.clock.pass(1_000);
    expect(await world.told(show)).toEqual(['SalesPaused', 'SalesResumed']);
  });

  it('sets aside, and names, what can never be followed, and goes on', async () => {
    const { world, checkpoints, eventId, addShow } = await stage();
    const [poison, fine] = [await addShow(false), await addShow(false)];
    const parts = { ...world.workerParts(), checkpoints };
    const pipeline: typeof parts.pipeline = Object.create(parts.pipeline, {
      read: { value: parts.pipeline.read.bind(parts.pipeline) },
      execute: {
        value: (...sent: Parameters<typeof parts.pipeline.execute>) =>
          sent[1] === poison ? Promise.reject(new TypeError('a bug')) : parts.pipeline.execute(...sent),
      },
    });
    await world.stopped(new CatalogueFollower({ ...parts, pipeline })).start();
    await world.clock.pass(1_000);
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await world.clock.pass(60_000);
    expect(await world.told(fine)).toEqual(['ShowPublished']);
    expect(world.faults).toHaveLength(5);
    expect(String(world.faults.at(-1))).toContain('EventPublished of event-');
    const late = await addShow(false);
    await world.clock.pass(1_000);
    expect(await world.told(late)).toEqual(['ShowPublished']);
  });

  it('stops between two shows of an event, and tells the others after the next start', async () => {
    const { world, checkpoints, eventId, follower, addShow } = await stage();
    const shows = [await addShow(false), await addShow(false), await addShow(false)];
    const parts = { ...world.workerParts(), checkpoints };
    const stopped = Promise.withResolvers<void>();
    const pipeline: typeof parts.pipeline = Object.create(parts.pipeline, {
      read: { value: parts.pipeline.read.bind(parts.pipeline) },
      execute: {
        value: (...sent: Parameters<typeof parts.pipeline.execute>) => {
          stopped.resolve(first.stop());
          return parts.pipeline.execute(...sent);
        },
      },
    });
    const first = new CatalogueFollower({ ...parts, pipeline });
    await first.start();
    await world.clock.pass(1_000);
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await world.clock.pass(1_000);
    await stopped.promise;
    const told = () => Promise.all(shows.map((show) => world.told(show)));
    expect(await told()).toEqual([['ShowPublished'], [], []]);
    expect(world.faults).toEqual([]);
    await follower().start();
    await world.clock.pass(1_000);
    expect(await told()).toEqual(shows.map(() => ['ShowPublished']));
  });

  it('changes nothing where everything is done already, nor in a draft', async () => {
    const { world, eventId, follower, addShow } = await stage();
    const draft = await addShow(false);
    await follower().start();
    await world.clock.pass(1_000);
    expect(await world.told(draft)).toEqual([]);
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await world.send(draft, { kind: 'PublishShow' });
    const end = await world.log.lastPosition();
    await world.clock.pass(2_000);
    expect(await world.log.lastPosition()).toBe(end);
  });

  it('goes on from its checkpoint after a restart, and finds out what it missed', async () => {
    const { world, checkpoints, eventId, follower, addShow } = await stage();
    const first = follower();
    await first.start();
    const show = await addShow(false);
    await world.clock.pass(1_000);
    await first.stop();
    const kept = await checkpoints.load('catalogue-follower');
    expect(kept).toBeGreaterThan(0);
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    const second = follower();
    await second.start();
    await world.clock.pass(1_000);
    expect(await world.told(show)).toEqual(['ShowPublished']);
    await world.clock.pass(61_000);
    expect(await checkpoints.load('catalogue-follower')).toBe(await world.log.lastPosition());
  });

  it('does not pass over what failed', async () => {
    const { world, checkpoints, eventId, follower, addShow } = await stage();
    const show = await addShow(false);
    await follower().start();
    await world.clock.pass(1_000);
    const kept = await checkpoints.load('catalogue-follower');
    world.failing = true;
    const published = world.onEvent(eventId, { kind: 'PublishEvent' }).catch(() => 'failed');
    expect(await published).toBe('failed');
    world.failing = false;
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    world.failing = true;
    await world.clock.pass(5_000);
    expect(world.faults.length).toBeGreaterThan(0);
    expect(await checkpoints.load('catalogue-follower')).toBe(kept);
    world.failing = false;
    await world.clock.pass(60_000);
    expect(await world.told(show)).toEqual(['ShowPublished']);
  });

  it('reads on page by page when the log answers again, and passes over nothing', async () => {
    const { world, checkpoints, eventId, addShow } = await stage();
    let isAway = false;
    let reads = 0;
    const log = world.logWith({
      readAll: (...asked) =>
        isAway || (reads += 1) % 2 === 0
          ? Promise.reject(new Fault('DatabaseUnavailable', 'away'))
          : world.log.readAll(...asked),
    });
    await world.stopped(new CatalogueFollower({ ...world.workerParts(), log, checkpoints })).start();
    await world.onEvent(eventId, { kind: 'PublishEvent' });
    await world.clock.pass(1_000);
    isAway = true;
    const shows = [];
    for (let i = 0; i < 1_100; i += 1) shows.push(await addShow(false));
    await world.clock.pass(5_000);
    isAway = false;
    await world.clock.pass(120_000);
    const told = await Promise.all(shows.map((show) => world.told(show)));
    expect(told.filter((types) => types.join() !== 'ShowPublished')).toEqual([]);
    expect(await checkpoints.load('catalogue-follower')).toBe(await world.log.lastPosition());
  });
});
