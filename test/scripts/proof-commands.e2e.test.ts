// What proves and measures does not say that all is well where it was told to do nothing.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const cwd = join(import.meta.dirname, '../..');

test.each<[command: string, said: string]>([
  ['test/simulation/main.ts --seeds 1,000', '--seeds takes a whole number, 1 or more, not "1,000".'],
  ['test/simulation/main.ts --seeds 0', '--seeds takes a whole number, 1 or more, not "0".'],
  ['test/simulation/main.ts --seeds 1 --from x', '--from takes a whole number, 0 or more, not "x".'],
  ['test/simulation/main.ts --seeds 1 --wishes 1e', '--wishes takes a whole number, 1 or more, not "1e".'],
  ['test/linearizability/main.ts calm --operations x', '--operations takes a whole number'],
  ['test/linearizability/main.ts calmly', 'No scenario begins so; there are:\ncalm\n'],
  ['test/distributed/whole/main.ts --strikes x', '--strikes takes a whole number'],
  ['bench/main.ts hot-show --quick --rounds x', '--rounds takes a whole number'],
])('%s is refused', (command, said) => {
  const { status, stderr } = spawnSync(process.execPath, command.split(' '), {
    cwd,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stderr).toContain(said);
  expect(status).toBe(2);
});
