// The Node that everything runs on: the pinned binary out of node_modules, whatever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './command.mjs';
import { root } from './installation.mjs';

const MAJOR = 24;

/** Path of the Node to use; throws a sentence when there is none that will do. */
export function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const folder = path.join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin');
  const binary = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  if (Number(process.versions.node.split('.')[0]) >= MAJOR) return process.execPath;
  throw new SetupError(
    `Fairseat needs Node ${MAJOR} or newer. This is ${process.version}, and no Node ${MAJOR} comes with the packages ` +
      `for ${process.platform}-${process.arch}. Install the version named in .node-version.`,
  );
}

/** The environment in which programs started by a command find the pinned Node first. */
export function pinnedEnv() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const bin = path.join(root, 'node_modules', '.bin');
  return {
    ...process.env,
    [name]: [path.dirname(pinnedNode()), bin, process.env[name]].join(path.delimiter),
  };
}

/**
 * Runs the pinned Node with `args` and gives its exit code (128 + number for a signal).
 * SIGINT and SIGTERM are passed on; a command that must stop cleanly treats a second one within a moment as the same.
 */
export function runPinned(args, options = {}) {
  const child = spawn(pinnedNode(), args, { stdio: 'inherit', env: pinnedEnv(), ...options });
  const pass = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.once('error', (error) =>
      reject(new SetupError(`The pinned Node could not be run: ${error.message}`)),
    );
    child.once('exit', (code, signal) => {
      for (const name of signals) process.removeListener(name, pass);
      resolve(
        code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGHUP' ? 129 : signal === 'SIGTERM' ? 143 : 137),
      );
    });
  });
}
