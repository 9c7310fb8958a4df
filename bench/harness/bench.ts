// What a scenario is given: how often, how large, on which disk, and where its figures go.
import type { Disk } from './disk.ts';
import type { Report } from './report.ts';

export interface Bench {
  readonly rounds: number;
  /** Small, for its checks: its figures say nothing. */
  readonly quick: boolean;
  readonly disk: Disk;
  readonly report: Report;
}

export interface Scenario {
  readonly what: string;
  /** Also measured with a slower fsync. */
  readonly bothDisks?: boolean;
  run(bench: Bench): Promise<void>;
}
