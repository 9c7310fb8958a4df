#!/usr/bin/env node
// The command `fairseat` on any machine with Node 20 or newer: installs what is missing, then runs src/main.mjs.
// In this very process when it is the pinned Node already, so that a signal meets nobody in between.
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { command } from './lib/command.mjs';
import { ensureInstalled, root } from './lib/installation.mjs';
import { stopWithNpx } from './lib/npx.mjs';
import { pinnedNode, runPinned } from './lib/pinned-node.mjs';

const main = path.join(root, 'src', 'main.mjs');

stopWithNpx();
await command(async () => {
  await ensureInstalled({ dev: false });
  if (realpathSync(process.execPath) !== realpathSync(pinnedNode()))
    return runPinned([main, ...process.argv.slice(2)]);
  await import(pathToFileURL(main).href);
  return null;
});
