// The whole engine on a virtual clock, under faults by seed: nothing that it promises is broken, and everything that could
// break it has happened. A failure prints its seed and the command that replays it.
import { expect, test } from 'vitest';
import { KNOWN_SEEDS } from './known-seeds.ts';
import { reportOf } from './run-simulate.ts';

const SEEDS = 300;
/** What each of them wants; `npm run simulate` takes 1,000. */
const WISHES_EACH = 700;
/** Fewer would prove less than is claimed, and less is asked of fewer. */
const COMMANDS_MIN = 300_000;
const TIMEOUT_MS = 900_000;

const replays = (failures: readonly { seed: number; what: string }[], wishes: number): string[] =>
  failures.map(
    ({ seed, what }) => `npm run simulate -- --from ${seed} --seeds 1 --wishes ${wishes}: ${what}`,
  );

test(
  `whatever goes wrong in ${SEEDS} seeds, every promise is kept`,
  async () => {
    const report = await reportOf(['--seeds', String(SEEDS), '--wishes', String(WISHES_EACH)]);
    expect(replays(report.failures, WISHES_EACH)).toEqual([]);
    expect(report.missed).toEqual([]);
    expect(report.seeds).toBe(SEEDS);
    expect(report.commands).toBeGreaterThanOrEqual(COMMANDS_MIN);
    expect(report.repeated).toBe(SEEDS / 100);
    const { seeds, commands, steps, seconds, cpuSeconds } = report;
    console.log(
      `${seeds} seeds, ${commands} commands, ${steps} steps in ${seconds.toFixed(0)} s (${cpuSeconds.toFixed(0)} s of processor)`,
    );
  },
  TIMEOUT_MS,
);

test.each(KNOWN_SEEDS)(
  'seed $seed no longer fails, and does with the old mistake: $says',
  async ({ name, seed, wishes }) => {
    const args = ['--from', String(seed), '--seeds', '1', '--wishes', String(wishes)];
    expect(replays((await reportOf(args)).failures, wishes)).toEqual([]);
    expect((await reportOf([...args, '--bug', name])).failures.map((failure) => failure.seed)).toEqual([
      seed,
    ]);
  },
  TIMEOUT_MS,
);
