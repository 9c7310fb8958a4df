import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../src/adapters/memory/memory-event-log.ts';
import { MemoryLeaseStore } from '../../src/adapters/memory/memory-lease-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { VERSION } from '../../src/adapters/opensearch/mapping.ts';
import { openSearch } from '../../src/adapters/opensearch/opensearch.ts';
import { NO_STREAM } from '../../src/ports/event-log.ts';
import { Fault } from '../../src/ports/fault.ts';
import { postgresSearch } from '../../src/queries/search/postgres-search.ts';
import { searchOrElse } from '../../src/queries/search/search-fallback.ts';
import { unreliableLine } from '../adapters/postgres/unreliable-line.ts';
import { newEvents, newStream } from '../contracts/event-log/sample-events.ts';
import { bustle } from '../projections/bustle.ts';
import { ProjectorWorld } from '../projections/projector-world.ts';
import { openReadModels } from '../projections/read-models.ts';
import { smallSeason } from '../projections/season.ts';
import { onOpenSearch } from '../support/servers/opensearch-here.ts';
import { indexComplaints } from './index-complaints.ts';
import { IndexerWorld } from './search-indexer-world.ts';

const now = '2027-03-01T00:00:00.000Z';
const all = { from: now, sort: 'startsAt', after: null, limit: 100 } as const;

describe('the search indexer', onOpenSearch, () => {
  let world: IndexerWorld;
  beforeAll(async () => {
    world = await IndexerWorld.open();
  });
  afterAll(() => world?.close());

  test('before there is an index, search says that it is away', async () => {
    await expect(world.search.index.find(all)).rejects.toMatchObject({ code: 'SearchUnavailable' });
    expect(await world.search.generations.serving()).toBeNull();
  });

  test('builds the index from the views, and follows what is sold, edited and cancelled', async () => {
    const indexer = world.indexer();
    await world.found();
    await world.expectEqual();
    await bustle(world.views.season, world.views.shows, 150, 7);
    await world.views.season.venue('late', { city: 'Sevilla', lat: 37.39, lon: -5.99 });
    await world.views.season.event('late', { title: 'Late guest' });
    await world.views.season.schedule('late', { event: 'late', venue: 'late' });
    await world.found();
    await world.expectEqual();
    expect((await world.search.index.find({ ...all, q: 'sevilla' })).map(({ event }) => event.title)).toEqual(
      ['Late guest'],
    );
    expect(indexer.state).toEqual({ active: true, position: world.views.season.position, refused: 0 });
    expect(world.faults).toEqual([]);
  });

  test('two that both believe to be the only one do no harm', async () => {
    world.indexer({ leases: new MemoryLeaseStore(systemClock) });
    for (let round = 0; round < 4; round += 1)
      await bustle(world.views.season, world.views.shows, 60, 70 + round);
    await world.found();
    await world.expectEqual();
    expect(world.refused).toEqual([]);
  });

  test('a rebuild serves in one step, with what happened meanwhile, and the old one is gone', async () => {
    const [before] = await world.generations();
    const rebuilder = world.indexer({ leases: new MemoryLeaseStore(systemClock) });
    rebuilder.rebuild();
    let switched = false;
    while (!switched) {
      await bustle(world.views.season, world.views.shows, 20, world.views.season.position);
      // Searched all the while: never empty, never away.
      expect((await world.search.index.find(all)).length).toBeGreaterThan(0);
      switched = !(await world.generations()).includes(before!);
    }
    await world.found();
    await world.expectEqual();
    expect(await world.generations()).toHaveLength(1);
  });

  test('a rebuild is heard while views are waited for that stand still', async () => {
    const [before] = await world.generations();
    const waiting = Promise.withResolvers<void>();
    const waitFor = async (): Promise<number> => {
      waiting.resolve();
      await systemClock.sleep(10);
      return 0;
    };
    const indexer = world.indexer({ leases: new MemoryLeaseStore(systemClock), views: { waitFor } });
    await world.views.season.event('stuck', { title: 'Waited for' });
    await waiting.promise;
    await world.found();
    indexer.rebuild();
    await expect.poll(() => world.generations()).not.toContain(before);
  });
});

describe('indexers of two versions side by side', onOpenSearch, () => {
  let world: IndexerWorld;
  beforeAll(async () => {
    world = await IndexerWorld.open();
  });
  afterAll(() => world?.close());

  test('the newer one makes the index, the older one stands by and says so once', async () => {
    const { server, alias, views } = world;
    const newer = openSearch({ url: server.url, clock: systemClock, alias, version: VERSION + 1 });
    const said: string[] = [];
    const older = world.indexer({ onStandBy: (why) => said.push(why) });
    await world.found();
    const one = world.indexer({ generations: newer.generations, leases: new MemoryLeaseStore(systemClock) });
    await expect.poll(() => world.generations()).toEqual([`${alias}-g2`]);
    await views.season.event('late', { title: 'Of the newer one' });
    await expect.poll(() => said).toEqual([expect.stringContaining('newer version')]);
    await systemClock.sleep(3_000);
    await world.found();
    await world.expectEqual();
    expect(await world.generations()).toEqual([`${alias}-g2`]);
    expect([one.state.active, older.state.active, said.length]).toEqual([true, false, 1]);
    await one.stop();
    await newer.close();
  });
});

describe('an index that another database has left', onOpenSearch, () => {
  let world: IndexerWorld;
  beforeAll(async () => {
    world = await IndexerWorld.open();
  });
  afterAll(() => world?.close());

  test('is not taken for one of this, though it says to be further: it is built anew', async () => {
    const left = world.indexer();
    await world.found();
    await left.stop();
    const log = new MemoryEventLog(systemClock);
    await log.append(newStream(), NO_STREAM, newEvents(1));
    const { season } = await smallSeason(log, 1);
    await season.event('ours', { title: 'Of this database' });
    const views = new ProjectorWorld(await openReadModels(), season, []);
    const projector = views.projector();
    await projector.start();
    world.indexer({ db: views.db, log, views: projector.positions });
    await expect.poll(() => world.generations()).toEqual([`${world.alias}-g2`]);
    expect(await indexComplaints(views.db, world.server.url, world.alias)).toEqual({
      complaints: [],
      documents: 3,
    });
    await views.close();
  });
});

describe('when OpenSearch cannot be reached', onOpenSearch, () => {
  let world: IndexerWorld;
  beforeAll(async () => {
    world = await IndexerWorld.open();
  });
  afterAll(() => world?.close());

  test('rows that were made anew, such as those of a stream that was taken back, bring an index made anew', async () => {
    const indexer = world.indexer();
    await world.found();
    const [before] = await world.generations();
    await sql`update projections set remade = remade + 1 where name = 'events' and status = 'live'`.execute(
      world.views.db,
    );
    await expect.poll(() => world.generations()).not.toContain(before!);
    await world.found();
    await world.expectEqual();
    expect(world.faults).toEqual([]);
    await indexer.stop();
  });

  test('searching is a Fault soon, or goes on in the read models; what happened meanwhile is found afterwards', async () => {
    const line = await unreliableLine(world.server.url);
    const through = openSearch({ url: line.url, clock: systemClock, alias: world.alias });
    world.indexer({ generations: through.generations });
    await world.found();
    await bustle(world.views.season, world.views.shows, 30, 3);
    line.cut();
    await world.viewsReached();
    await expect(through.index.find(all)).rejects.toMatchObject({
      code: 'SearchUnavailable',
      outcome: 'none',
    });
    await expect(through.index.findWithFacets(all)).rejects.toBeInstanceOf(Fault);
    const models = postgresSearch(world.views.db, world.positions);
    const either = searchOrElse(through.index, models, systemClock);
    expect(await either.find(all)).toEqual(await models.find(all));
    expect(await either.findWithFacets(all)).toEqual(await models.findWithFacets(all));
    await bustle(world.views.season, world.views.shows, 60, 4);
    line.mend();
    await world.found();
    await world.expectEqual();
    expect(world.faults.length).toBeGreaterThan(0);
    expect(world.faults.filter((fault) => !(fault instanceof Fault))).toEqual([]);
    await through.close();
  });

  test('an answer that never comes is waited for twice three seconds, and not much longer', async () => {
    const line = await unreliableLine(world.server.url);
    const through = openSearch({ url: line.url, clock: systemClock, alias: world.alias });
    line.loseAnswers();
    const from = Date.now();
    await expect(through.index.find(all)).rejects.toMatchObject({ code: 'SearchUnavailable' });
    expect(Date.now() - from).toBeLessThan(20_000);
    await through.close();
  });
});

describe('when OpenSearch is killed', onOpenSearch, () => {
  let world: IndexerWorld;
  beforeAll(async () => {
    world = await IndexerWorld.open({ killed: true });
  });
  afterAll(() => world?.close());

  test('what it had acknowledged is there, and what happened meanwhile is found after it is back', async () => {
    const [node] = world.server.nodes;
    world.indexer();
    await world.found();
    await bustle(world.views.season, world.views.shows, 30, 3);
    await node!.stop('SIGKILL');
    await expect(world.search.index.find(all)).rejects.toMatchObject({ code: 'SearchUnavailable' });
    await bustle(world.views.season, world.views.shows, 60, 4);
    await node!.start();
    await world.found();
    await world.expectEqual();
  });
});
