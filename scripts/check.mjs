// `npm run check`: types, lint, format, import rule, unused code and the OpenAPI document, two tools at a time; one line for each.
// The house style itself (sizes, names, clocks) is a test: test/style.unit.test.ts.
import { spawn } from 'node:child_process';
import { command } from './lib/command.mjs';
import { ensureInstalled, root } from './lib/installation.mjs';
import { pinnedEnv, pinnedNode } from './lib/pinned-node.mjs';
import { toolPath } from './lib/tool-path.mjs';

const AT_ONCE = 2;
const checks = [
  { what: 'types', tool: 'tsc', args: ['--noEmit', '-p', '.'] },
  { what: 'lint, type-aware', tool: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { what: 'format', tool: 'prettier', args: ['--check', '--log-level=warn', '.'] },
  { what: 'import rule', tool: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', 'src'] },
  { what: 'unused code', tool: 'knip', args: ['--no-progress'] },
  { what: 'OpenAPI document', tool: 'redocly', args: ['lint', 'docs/openapi.json'] },
];

await command(async () => {
  await ensureInstalled({ dev: true });
  const waiting = [...checks];
  const failures = await Promise.all(Array.from({ length: AT_ONCE }, () => runThrough(waiting)));
  const failed = failures.reduce((sum, n) => sum + n, 0);
  console.log(failed === 0 ? 'check: all well' : `check: ${failed} of ${checks.length} failed`);
  return failed === 0 ? 0 : 1;
});

/** Takes checks off the list until it is empty; gives how many failed. */
async function runThrough(waiting) {
  let failed = 0;
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    const began = Date.now();
    const { code, said } = await run(check);
    const line = `${check.what} (${check.tool}), ${((Date.now() - began) / 1000).toFixed(1)} s`;
    if (code === 0) console.log(`ok      ${line}`);
    else console.log(`FAILED  ${line}\n${said.trimEnd()}\n`);
    if (code !== 0) failed += 1;
  }
  return failed;
}

function run({ tool, args }) {
  const child = spawn(pinnedNode(), [toolPath(tool), ...args], { cwd: root, env: pinnedEnv() });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, said: error.message }));
    child.once('close', (code) => resolve({ code, said }));
  });
}
