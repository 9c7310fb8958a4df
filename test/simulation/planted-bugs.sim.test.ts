// Proof that the simulator sees: each of twelve bugs, planted into the engine's source as it is loaded, is found within a
// thousand seeds, by a promise that is broken; and the same seed without the bug breaks none.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { edited } from './plant.ts';
import { FEED_BUGS, PLANTED_BUGS } from './planted-bugs.ts';
import { reportOf, simulated } from './run-simulate.ts';

const SEEDS_MAX = 1_000;
const WISHES = '300';
const TIMEOUT_MS = 600_000;

test.each(PLANTED_BUGS)(
  'the planted bug $name is found: $says',
  async ({ name }) => {
    const found = await reportOf(
      `--bug ${name} --seeds ${SEEDS_MAX} --wishes ${WISHES} --until-failure`.split(' '),
    );
    const [failure] = found.failures;
    expect(failure, `not found in ${found.seeds} seeds`).toBeDefined();
    const { seed, what } = failure!;
    console.log(
      `${name}: npm run simulate -- --bug ${name} --from ${seed} --seeds 1 --wishes ${WISHES}\n  ${what}`,
    );
    const alone = ['--from', String(seed), '--seeds', '1', '--wishes', WISHES];
    // What is printed replays it: nothing of the seeds before it was needed.
    expect((await reportOf([...alone, '--bug', name])).failures.map((found) => found.seed)).toEqual([seed]);
    expect((await reportOf(alone)).failures).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'a failing history is cut down to a few lines that show the bug',
  async () => {
    const bug = ['--bug', 'wall-clock', '--wishes', WISHES];
    const { failures } = await reportOf([...bug, '--seeds', String(SEEDS_MAX), '--until-failure']);
    const { code, said } = await simulated([...bug, '--from', String(failures[0]!.seed), '--seeds', '1']);
    expect(code).toBe(1);
    const [, wishes] = /to (\d+) wishes/.exec(said) ?? [];
    expect(Number(wishes)).toBeLessThan(30);
    expect(said).toMatch(/replay: npm run simulate -- --from \d+ --seeds 1 --wishes 300 --bug wall-clock/);
    expect(said).toMatch(/Broken: .* \(invariant \d+\)/);
  },
  TIMEOUT_MS,
);

test('there are twelve and five, and each still fits the source it edits', () => {
  expect([PLANTED_BUGS.length, FEED_BUGS.length]).toEqual([12, 5]);
  for (const { name, edits } of [...PLANTED_BUGS, ...FEED_BUGS]) {
    const files = new Map(edits.map(({ file }) => [file, edits.filter((edit) => edit.file === file)]));
    for (const [file, own] of files) {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      expect(edited(name, source, own)).not.toBe(source);
    }
  }
});
