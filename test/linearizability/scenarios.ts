// What is recorded: which processes, what goes wrong with them, and whether the engine's clock can be relied on.
import { clockAhead, clockBehind } from './faults/clock-faults.ts';
import { failingSync, fullDisk } from './faults/disk-faults.ts';
import type { Fault } from './faults/fault.ts';
import { NETWORK_FAULTS } from './faults/network-faults.ts';
import {
  killBackend,
  killEngine,
  killPostgres,
  pauseEngine,
  pausePostgres,
} from './faults/process-faults.ts';
import type { World } from './world/world.ts';

export interface Scenario<W = World> {
  readonly name: string;
  readonly engines: number;
  readonly faults: readonly Fault<W>[];
  /** Each fault strikes at least so often. */
  readonly strikes: number;
  /** At each start the engine is armed with the next failpoint. */
  readonly failpoints?: true;
  /** On a disk that can be filled. */
  readonly smallDisk?: true;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'calm', engines: 1, faults: [], strikes: 0 },
  { name: 'engine killed', engines: 1, faults: [killEngine], strikes: 10 },
  { name: 'failpoints', engines: 1, faults: [], strikes: 0, failpoints: true },
  { name: 'Postgres killed', engines: 1, faults: [killPostgres, killBackend], strikes: 2 },
  { name: 'pauses', engines: 1, faults: [pauseEngine, pausePostgres], strikes: 4 },
  { name: 'network', engines: 1, faults: NETWORK_FAULTS, strikes: 2 },
  { name: 'full disk', engines: 1, faults: [fullDisk], strikes: 2, smallDisk: true },
  { name: 'failing syncs', engines: 1, faults: [failingSync], strikes: 3 },
  { name: 'clock jumps', engines: 1, faults: [clockAhead, clockBehind], strikes: 3 },
  { name: 'two engines on one log', engines: 2, faults: [], strikes: 0 },
  {
    name: 'two engines, everything',
    engines: 2,
    faults: [killEngine, killPostgres, pauseEngine, pausePostgres, ...NETWORK_FAULTS],
    strikes: 1,
  },
  {
    name: 'two engines, clocks that disagree',
    engines: 2,
    faults: [clockAhead, clockBehind, killEngine],
    strikes: 2,
  },
];

/** Whether clocks are left alone: else a hold may lapse at any time, in the time of its show. */
export const clockIsTrue = ({ faults }: { readonly faults: readonly unknown[] }): boolean =>
  !faults.some((fault) => fault === clockAhead || fault === clockBehind);
