// Runs a tool of node_modules, or a script, on the pinned Node: `node scripts/run.mjs prettier --write .`
import path from 'node:path';
import { command } from './lib/command.mjs';
import { ensureInstalled, root } from './lib/installation.mjs';
import { runPinned } from './lib/pinned-node.mjs';
import { toolPath } from './lib/tool-path.mjs';

await command(async () => {
  const [name, ...args] = process.argv.slice(2);
  await ensureInstalled({ dev: true });
  const program = /\.[cm]?[jt]s$/.test(name) ? path.resolve(root, name) : toolPath(name);
  return runPinned([program, ...args], { cwd: root });
});
