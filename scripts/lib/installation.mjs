// Installs node_modules when it is missing or not what package-lock.json says. Plain JavaScript for Node 20.
// npm writes node_modules/.package-lock.json as its last act, so that file is the mark of a finished installation.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SetupError } from './command.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes node_modules match the lock file. `dev`: development packages count as well.
 * Two at once in one clone take turns; the second finds the work done.
 */
export async function ensureInstalled({ dev }) {
  if (isInstalled(dev)) return;
  const unlock = await lockInstallation();
  try {
    if (isInstalled(dev)) return;
    console.error('fairseat: installing what is missing in node_modules (npm ci), once …');
    await npmCi();
  } finally {
    unlock();
  }
}

/**
 * Every package of the lock file is there in that version; of the optional ones only those for this platform are. npm's own
 * list outlives a folder that somebody deleted, so each folder is looked for as well.
 */
function isInstalled(dev) {
  const wanted = packagesOf('package-lock.json');
  const found = packagesOf(path.join('node_modules', '.package-lock.json'));
  if (!found) return false;
  return Object.entries(wanted).every(([folder, entry]) => {
    if (folder === '' || entry.link || (entry.dev && !dev)) return true;
    if (!found[folder]) return Boolean(entry.optional || entry.devOptional || entry.peer);
    return found[folder].version === entry.version && existsSync(path.join(root, folder, 'package.json'));
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT' && file !== 'package-lock.json') return undefined;
    throw error;
  }
}

function npmCi() {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const underNpm = process.env.npm_execpath?.endsWith('npm-cli.js');
  // Its chatter goes to stderr: stdout belongs to the command that was asked for.
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: !underNpm && process.platform === 'win32' };
  const child = underNpm
    ? spawn(process.execPath, [process.env.npm_execpath, ...args], options)
    : spawn('npm', args, options);
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new SetupError(`npm could not be run: ${error.message}`)));
    child.once('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM']) process.removeListener(name, pass);
      if (code === 0) return resolve();
      reject(
        new SetupError(
          `npm ci ended with ${signal ?? `code ${code}`}; what it said is above. Is the registry reachable?`,
        ),
      );
    });
  });
}

/** Listening on a name is a lock that the system takes back however its holder ends. */
async function lockInstallation() {
  const name = lockName();
  for (let told = false; ; await sleep(200)) {
    const server = await listen(name);
    if (server) return () => server.close();
    if (!told) console.error('fairseat: another start is installing here; waiting for it …');
    told = true;
  }
}

function lockName() {
  const key = `fairseat-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  if (process.platform === 'linux') return `\0${key}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${key}` : path.join(tmpdir(), key);
}

function listen(name) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(sweepDead(name)) : reject(error)));
    server.listen(name, () => resolve(server));
  });
}

/** Where the name is a file (macOS) it outlives a killed holder; nobody answers on it then. */
function sweepDead(name) {
  if (!existsSync(name)) return undefined;
  return new Promise((resolve) => {
    const caller = connect(name, () => resolve(caller.destroy() && undefined));
    caller.once('error', () => resolve(rmSync(name, { force: true })));
  });
}
