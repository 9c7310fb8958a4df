// The bar of a terminal, whose cursor it hides: a command that ends half-way gives it back.
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const OUTPUT = new URL('../../src/cli/output.ts', import.meta.url).href;
const HIDE = '\u001B[?25l';
const SHOW = '\u001B[?25h';

const saidBy = (ending: string): string => {
  const code = `process.stderr.isTTY = true;
    const { progress } = await import(${JSON.stringify(OUTPUT)});
    const bar = progress('Rebuilding');
    bar.update(1, 10);
    ${ending}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }).stderr;
};

it.each([
  ['is done', 'bar.end();'],
  ['is interrupted', 'process.exit(130);'],
])('a command that %s leaves the cursor to be seen', (_, ending) => {
  const said = saidBy(ending);
  expect(said).toContain(HIDE);
  expect(said.lastIndexOf(SHOW)).toBeGreaterThan(said.lastIndexOf(HIDE));
});
