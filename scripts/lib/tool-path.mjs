// Where the JavaScript behind a command of node_modules lies, to be run on the pinned Node instead of its shebang's.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './installation.mjs';

const PACKAGE_OF = {
  tsc: '@typescript/native',
  depcruise: 'dependency-cruiser',
  stryker: '@stryker-mutator/core',
  redocly: '@redocly/cli',
};

/** The file that `name` runs, e.g. `tsc`, `vitest`, `prettier`. */
export function toolPath(name) {
  const folder = path.join(root, 'node_modules', PACKAGE_OF[name] ?? name);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bin === 'string' ? bin : bin[name]);
}
