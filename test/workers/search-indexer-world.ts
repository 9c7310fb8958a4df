// A season that goes on, its views, and indexers that keep an OpenSearch in step.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { MemoryLeaseStore } from '../../src/adapters/memory/memory-lease-store.ts';
import { openSearch } from '../../src/adapters/opensearch/opensearch.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { systemIds } from '../../src/adapters/system/system-ids.ts';
import type { RefusedDocument } from '../../src/ports/search-documents.ts';
import { SearchIndexer, type SearchIndexerParts } from '../../src/workers/search-indexer.ts';
import { ProjectorWorld } from '../projections/projector-world.ts';
import type { RunningServer } from '../support/servers/running-server.ts';
import { startOpenSearch } from '../support/servers/servers.ts';
import { indexComplaints } from './index-complaints.ts';

export class IndexerWorld {
  readonly views: ProjectorWorld;
  readonly server: RunningServer;
  readonly faults: unknown[] = [];
  readonly refused: RefusedDocument[] = [];
  readonly alias = `test-${randomUUID()}`;
  readonly search;
  readonly leases = new MemoryLeaseStore(systemClock);
  readonly #projector;
  readonly #indexers: SearchIndexer[] = [];

  private constructor(views: ProjectorWorld, server: RunningServer) {
    this.views = views;
    this.server = server;
    this.search = openSearch({ url: server.url, clock: systemClock, alias: this.alias });
    this.#projector = views.projector();
  }

  /** `killed`: the server is one that the test may kill. */
  static async open({ killed = false } = {}): Promise<IndexerWorld> {
    const world = new IndexerWorld(await ProjectorWorld.open(), await startOpenSearch({ killed }));
    await world.#projector.start();
    return world;
  }

  get positions() {
    return this.#projector.positions;
  }

  /** An indexer of a process of its own; stopped at the end. */
  indexer(parts: Partial<SearchIndexerParts> = {}): SearchIndexer {
    const indexer = new SearchIndexer({
      db: this.views.db,
      log: this.views.season.log,
      views: this.#projector.positions,
      generations: this.search.generations,
      leases: this.leases,
      clock: systemClock,
      ids: systemIds,
      onFault: (error) => this.faults.push(error),
      onRefused: (document) => this.refused.push(document),
      ...parts,
    });
    this.#indexers.push(indexer);
    indexer.start();
    return indexer;
  }

  /** Waits until the views have seen everything that has happened. */
  viewsReached(): Promise<void> {
    return this.views.reached(this.#projector);
  }

  /** Waits until everything that has happened can be found. */
  async found(): Promise<void> {
    const { position } = this.views.season;
    await expect
      .poll(() => this.search.index.waitFor(position, 0).catch(() => -1), { interval: 50 })
      .toBeGreaterThanOrEqual(position);
  }

  /** The index holds exactly what the views say. */
  async expectEqual(): Promise<void> {
    const { documents, complaints } = await indexComplaints(this.views.db, this.server.url, this.alias);
    expect(complaints).toEqual([]);
    expect(documents).toBeGreaterThan(0);
  }

  /** Names of the generations that there are. */
  async generations(): Promise<string[]> {
    const answer = await fetch(`${this.server.url}/${this.alias}-g*`);
    return Object.keys((await answer.json()) as object).toSorted();
  }

  async close(): Promise<void> {
    await Promise.all(this.#indexers.map((indexer) => indexer.stop()));
    await this.search.close();
    await this.views.close();
    await this.server.stop();
  }
}
