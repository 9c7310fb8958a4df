// Every scenario by its name, in the order of the tables that ask for them.
import { browse } from './browse.ts';
import { distributedLag } from './distributed-lag.ts';
import type { Scenario } from './harness/bench.ts';
import { holdExpiry } from './hold-expiry.ts';
import { hotShowDistributed } from './hot-show-distributed.ts';
import { hotShow, refusals } from './hot-show.ts';
import { listeners } from './listeners.ts';
import { liveHolds } from './live-holds.ts';
import { openSearchRebuild } from './opensearch-rebuild.ts';
import { openSearchSearch } from './opensearch-search.ts';
import { overload } from './overload.ts';
import { projector } from './projector.ts';
import { rebuild } from './rebuild.ts';
import { rebuildTenMillion } from './rebuild-ten-million.ts';
import { relay } from './relay.ts';
import { restart } from './restart.ts';
import { retryStorm } from './retry-storm.ts';
import { rushes } from './rushes.ts';
import { search } from './search.ts';
import { steady } from './steady.ts';
import { viewLag } from './view-lag.ts';
import { waitlist } from './waitlist.ts';

export const scenarios: Readonly<Record<string, Scenario>> = {
  'hot-show': hotShow,
  refusals,
  steady,
  browse,
  waitlist,
  'view-lag': viewLag,
  rebuild,
  'rebuild-ten-million': rebuildTenMillion,
  'hold-expiry': holdExpiry,
  search,
  overload,
  listeners,
  restart,
  'retry-storm': retryStorm,
  rushes,
  'live-holds': liveHolds,
  relay,
  projector,
  'distributed-lag': distributedLag,
  'hot-show-distributed': hotShowDistributed,
  'opensearch-rebuild': openSearchRebuild,
  'opensearch-search': openSearchSearch,
};
