// `npm run relock`: brings package-lock.json up to date with package.json, by npm on the pinned Node.
// A registry that lacks the binaries of other platforms makes npm leave them out of the lock, and `npm ci` then refuses
// it: they are named here, by version and platform, so that one lock file serves every machine.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command } from './lib/command.mjs';
import { root } from './lib/installation.mjs';
import { pinnedEnv } from './lib/pinned-node.mjs';

const PLATFORM =
  /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(\w+))?$/;

await command(() => {
  // Away from node_modules, which npm would take the tree from, holes included.
  const folder = mkdtempSync(path.join(tmpdir(), 'fairseat-relock-'));
  for (const name of ['package.json', 'package-lock.json', '.npmrc'])
    if (existsSync(path.join(root, name))) cpSync(path.join(root, name), path.join(folder, name));
  const args = ['install', '--package-lock-only', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: folder, env: pinnedEnv(), stdio: 'inherit' });
  if (status === 0) {
    const lock = JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8'));
    console.log(`named for other platforms: ${nameMissingPlatforms(lock)}`);
    writeFileSync(path.join(root, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  }
  rmSync(folder, { recursive: true });
  return status ?? 1;
});

/** Adds the optional platform packages that are not there; gives how many. */
function nameMissingPlatforms(lock) {
  let added = 0;
  for (const entry of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const platform = PLATFORM.exec(name);
      const key = `node_modules/${name}`;
      if (lock.packages[key] || !platform || !/^\d/.test(version)) continue;
      const [, os, cpu, abi] = platform;
      const libc = os === 'linux' && abi ? [abi.startsWith('musl') ? 'musl' : 'glibc'] : undefined;
      lock.packages[key] = {
        version,
        cpu: [cpu],
        ...(entry.dev && { dev: true }),
        ...(libc && { libc }),
        optional: true,
        os: [os],
      };
      added += 1;
    }
  }
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  return added;
}
