// When an indexer builds, when it follows and when it lets another lead: on real read models, with an index in memory.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemoryLeaseStore } from '../../src/adapters/memory/memory-lease-store.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import { Fault } from '../../src/ports/fault.ts';
import { SearchIndexer, type SearchIndexerParts } from '../../src/workers/search-indexer.ts';
import { ProjectorWorld } from '../projections/projector-world.ts';
import { MemoryGenerations } from './memory-generations.ts';

const away = () => Promise.reject(new Fault('SearchUnavailable', 'for a moment'));

describe('a search indexer', () => {
  let views: ProjectorWorld;
  let parts: SearchIndexerParts;
  let generations: MemoryGenerations;
  let leases: MemoryLeaseStore;
  let faults: unknown[];
  let stoodBy: string[];
  let indexers: SearchIndexer[];
  beforeEach(async () => {
    views = await ProjectorWorld.open();
    const projector = views.projector();
    await projector.start();
    await views.reached(projector);
    [faults, stoodBy, indexers] = [[], [], []];
    generations = new MemoryGenerations();
    leases = new MemoryLeaseStore(systemClock);
    parts = {
      db: views.db,
      log: views.season.log,
      views: projector.positions,
      generations,
      leases,
      clock: systemClock,
      ids: systemIds,
      onFault: (error) => faults.push(error),
      onStandBy: (why) => stoodBy.push(why),
    };
  });
  afterEach(async () => {
    await Promise.all(indexers.map((indexer) => indexer.stop()));
    await views.close();
  });

  function indexer(own: Partial<SearchIndexerParts> = {}): SearchIndexer {
    const made = new SearchIndexer({ ...parts, ...own });
    indexers.push(made);
    made.start();
    return made;
  }
  const served = () => generations.served.map(({ name }) => name);

  test('builds again when a rebuild that it was asked for has failed', async () => {
    const one = indexer();
    await expect.poll(served).toEqual(['g1']);
    let failures = 2;
    generations.onPut = () => ((failures -= 1) >= 0 ? away() : Promise.resolve());
    one.rebuild();
    await expect.poll(served).toEqual(['g1', 'g4']);
    expect(faults).toHaveLength(2);
    expect(generations.served[1]!.ids).toEqual(generations.served[0]!.ids);
  });

  test('builds once for all that was asked for before it began', async () => {
    const one = indexer();
    await expect.poll(served).toEqual(['g1']);
    one.rebuild();
    one.rebuild();
    await expect.poll(served).toEqual(['g1', 'g2']);
    await systemClock.sleep(1_500);
    expect(generations.made).toHaveLength(2);
  });

  test('begins anew when a rebuild is asked for while it builds', async () => {
    const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    generations.onPut = () => {
      begun.resolve();
      return go.promise;
    };
    const one = indexer();
    await begun.promise;
    one.rebuild();
    await systemClock.sleep(1_500);
    go.resolve();
    await expect.poll(served).toEqual(['g2']);
    expect(faults).toEqual([]);
  });

  test('leads on while it builds anew: whoever stands by has not heard of what was asked for', async () => {
    let turns = 0;
    const counted = new MemoryLeaseStore(systemClock);
    const acquire = counted.acquire.bind(counted);
    counted.acquire = (...wanted) => {
      turns += 1;
      return acquire(...wanted);
    };
    const one = indexer({ leases: counted });
    await expect.poll(served).toEqual(['g1']);
    one.rebuild();
    await expect.poll(served).toEqual(['g1', 'g2']);
    expect(turns).toBe(1);
  });

  test('that cannot reach the index lets another lead while it pauses', async () => {
    const cut = new MemoryGenerations();
    cut.serving = away;
    const one = indexer({ generations: cut });
    await expect.poll(() => faults.length).toBeGreaterThan(0);
    const two = indexer();
    await expect.poll(() => two.state.active).toBe(true);
    await expect.poll(served).toEqual(['g1']);
    expect(one.state.active).toBe(false);
  });

  test('leaves an index that a newer program has made alone, says so once, and lets others lead', async () => {
    generations.isNewer = true;
    const older = indexer();
    older.rebuild();
    await systemClock.sleep(2_500);
    expect(generations.made).toEqual([]);
    await expect.poll(() => stoodBy).toEqual([expect.stringContaining('newer version')]);
    const newer = indexer({ generations: new MemoryGenerations() });
    await expect.poll(() => newer.state.active).toBe(true);
    expect(older.state.active).toBe(false);
    expect(faults).toEqual([]);
  });

  test('waits for a view that an older program has made, and begins no index meanwhile', async () => {
    await sql`alter table shows_g1.shows rename column category_amounts to amounts_of_later`.execute(
      views.db,
    );
    await sql`drop view read.shows cascade`.execute(views.db);
    await sql`create view read.shows as select * from shows_g1.shows`.execute(views.db);
    indexer();
    await systemClock.sleep(2_500);
    expect(generations.made).toEqual([]);
    await expect.poll(() => stoodBy).toEqual([expect.stringContaining('view')]);
    // At once, as a newer program does it: a look in between would find no view at all.
    await views.db.transaction().execute(async (tx) => {
      await sql`drop view read.shows cascade`.execute(tx);
      await sql`alter table shows_g1.shows rename column amounts_of_later to category_amounts`.execute(tx);
      await sql`create view read.shows as select * from shows_g1.shows`.execute(tx);
    });
    await expect.poll(served).toEqual(['g1']);
    expect(generations.made).toHaveLength(1);
    expect(faults).toEqual([]);
  });

  test('lets nothing serve that has not come to the end of the log, and does not try without a pause', async () => {
    const { log, position } = views.season;
    indexer({
      log: {
        readAll: log.readAll.bind(log),
        lastPosition: async () => position + 1,
        subscribeAll: async () => {}, // as of a log that was closed
      },
    });
    await systemClock.sleep(1_500);
    expect(generations.made.length).toBeLessThan(10);
    await expect.poll(() => generations.made.length).toBeGreaterThan(1);
    expect(served()).toEqual([]);
  });
});
