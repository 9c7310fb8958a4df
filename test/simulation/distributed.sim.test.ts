// What carries the log to feed, views and index, on a virtual clock under faults by seed: nothing is lost, skipped or done
// twice. And proof that it would be seen: each of five bugs, planted as the source is loaded, is found within 1,000 seeds.
import { expect, test } from 'vitest';
import { FEED_BUGS } from './planted-bugs.ts';
import { reportOf } from './run-simulate.ts';

const SEEDS = 100;
const SEEDS_MAX = 1_000;
const WORLD = ['--world', 'distributed'];
const TIMEOUT_MS = 900_000;

test(
  `whatever goes wrong in ${SEEDS} seeds, feed, views and index are what the log says`,
  async () => {
    const report = await reportOf([...WORLD, '--seeds', String(SEEDS)]);
    expect(report.failures).toEqual([]);
    expect(report.missed).toEqual([]);
    expect(report.seeds).toBe(SEEDS);
    expect(report.repeated).toBe(SEEDS / 100);
    const { seeds, commands, steps, cpuSeconds } = report;
    console.log(
      `${seeds} seeds, ${commands} events, ${steps} steps in ${cpuSeconds.toFixed(0)} s of processor`,
    );
  },
  TIMEOUT_MS,
);

test.each(FEED_BUGS)(
  'the planted bug $name is found: $says',
  async ({ name }) => {
    const found = await reportOf([...WORLD, '--bug', name, '--seeds', String(SEEDS_MAX), '--until-failure']);
    const [failure] = found.failures;
    expect(failure, `not found in ${found.seeds} seeds`).toBeDefined();
    const { seed, what } = failure!;
    console.log(
      `${name}: npm run simulate -- --world distributed --bug ${name} --from ${seed} --seeds 1\n  ${what}`,
    );
    const alone = [...WORLD, '--from', String(seed), '--seeds', '1'];
    // What is printed replays it: nothing of the seeds before it was needed.
    expect((await reportOf([...alone, '--bug', name])).failures.map((found) => found.seed)).toEqual([seed]);
    expect((await reportOf(alone)).failures).toEqual([]);
  },
  TIMEOUT_MS,
);
