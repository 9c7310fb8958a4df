// Every scenario by its name.
import { browse } from './browse.ts';
import type { Scenario } from './harness/bench.ts';
import { hotShow, refusals } from './hot-show.ts';
import { restart } from './restart.ts';

export const scenarios: Readonly<Record<string, Scenario>> = {
  'hot-show': hotShow,
  refusals,
  browse,
  restart,
};
