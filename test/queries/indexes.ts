// The search indexes that the contract suite runs on: the read models themselves, and OpenSearch filled from them.
import { randomUUID } from 'node:crypto';
import { openSearch } from '../../src/adapters/opensearch/opensearch.ts';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import type { SearchGeneration } from '../../src/ports/search-documents.ts';
import type { SearchIndex } from '../../src/ports/search-index.ts';
import { postgresSearch } from '../../src/queries/search/postgres-search.ts';
import { documentsOf, eventIdsAfter } from '../../src/queries/search/search-documents.ts';
import { Positions } from '../../src/projections/positions.ts';
import type { Db } from '../../src/projections/projection.ts';
import { startOpenSearch } from '../support/servers/servers.ts';

const ALL = 10_000;

export interface IndexUnderTest {
  readonly index: SearchIndex;
  /** Brings it to where the read models are. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

export type OpenIndex = (db: Db) => Promise<IndexUnderTest>;

export const indexInPostgres: OpenIndex = (db) =>
  Promise.resolve({
    index: postgresSearch(db, new Positions(db, systemClock)),
    follow: () => Promise.resolve(),
    close: () => Promise.resolve(),
  });

export const indexInOpenSearch: OpenIndex = async (db) => {
  const server = await startOpenSearch();
  const { index, generations, close } = openSearch({
    url: server.url,
    clock: systemClock,
    alias: `test-${randomUUID()}`,
  });
  let generation: SearchGeneration | null = null;
  return {
    index,
    async follow() {
      generation ??= await generations.create();
      const batch = await documentsOf(db, await eventIdsAfter(db, null, ALL));
      const refused = await generation.put(batch);
      if (refused.length > 0) throw new Error(`Refused: ${JSON.stringify(refused)}`);
      await generation.advance(batch.position);
      await generations.serve(generation);
    },
    close: () => close().then(() => server.stop()),
  };
};
