// Every scenario by its name, in the order of the table that asks for them.
import { browse } from './browse.ts';
import type { Scenario } from './harness/bench.ts';
import { holdExpiry } from './hold-expiry.ts';
import { hotShow, refusals } from './hot-show.ts';
import { listeners } from './listeners.ts';
import { liveHolds } from './live-holds.ts';
import { overload } from './overload.ts';
import { rebuild } from './rebuild.ts';
import { restart } from './restart.ts';
import { retryStorm } from './retry-storm.ts';
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
  'hold-expiry': holdExpiry,
  search,
  overload,
  listeners,
  restart,
  'retry-storm': retryStorm,
  'live-holds': liveHolds,
};
