// The search index in OpenSearch, over one client.
import { Client } from '@opensearch-project/opensearch';
import type { SteadyClock } from '../../ports/clock.ts';
import { OpenSearchGenerations } from './opensearch-generations.ts';
import { OpenSearchSearch } from './opensearch-search.ts';

/** After a lost connection or a 502 to 504, each on the next node. */
const RETRIES_MAX = 2;
const REQUEST_MS_MAX = 10_000;

export interface OpenSearchOptions {
  /** One or more, separated by commas; user and password may stand in them. */
  readonly url: string;
  readonly clock: SteadyClock;
  /** Names begin with it: several engines may share a cluster. */
  readonly alias: string;
  /** Of the mapping; another one stands for another program. */
  readonly version?: number;
}

/** Connects with the first call. */
export function openSearch({ url, clock, alias, version }: OpenSearchOptions) {
  const client = new Client({
    nodes: url.split(',').map((node) => node.trim()),
    maxRetries: RETRIES_MAX,
    requestTimeout: REQUEST_MS_MAX,
  });
  return {
    index: new OpenSearchSearch(client, alias, clock),
    generations: new OpenSearchGenerations(client, alias, clock, version),
    close: (): Promise<void> => client.close(),
  };
}
