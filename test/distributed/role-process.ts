// One role as a process of its own, as an operator starts it; killed, stopped and continued by tests.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');
const SETPRIV = '/usr/bin/setpriv';
/** With the demo to load, and a machine that has other things to do. */
const READY_MS_MAX = 200_000;

export class RoleProcess {
  readonly role: string;
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #said: () => string;

  private constructor(role: string, url: string, child: ChildProcess, said: () => string) {
    this.role = role;
    this.url = url;
    this.#child = child;
    this.#said = said;
  }

  /** Everything that it has written so far. */
  get said(): string {
    return this.#said();
  }

  /** Resolves when it says that it is ready, or what else is waited for. */
  static async start(
    role: string,
    environment: Readonly<Record<string, string>>,
    awaited = /Fairseat is ready at (\S+)/,
  ): Promise<RoleProcess> {
    const run = [process.execPath, MAIN, role];
    // It dies with the test run, where the system can see to that.
    const [program, ...args] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...run] : run;
    const child = spawn(program!, args, {
      env: {
        PATH: process.env['PATH'],
        PROFILE: 'distributed',
        PORT: '0',
        LOG_LEVEL: 'error',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${role} was not ready in time: ${said}`)),
        READY_MS_MAX,
      );
      const hear = (chunk: unknown): void => {
        said += String(chunk);
        const ready = awaited.exec(said);
        if (!ready) return;
        clearTimeout(late);
        resolve(ready[1] ?? '');
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        reject(new Error(`${role} ended with ${signal ?? code}: ${said}`));
      });
    }).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw error;
    });
    return new RoleProcess(role, url, child, () => said);
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** SIGKILL is a crash; SIGTERM lets it finish. Gives its exit code, null after a crash. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.alive) return this.#child.exitCode;
    const ended = once(this.#child, 'exit');
    if (signal !== 'SIGCONT') this.#child.kill('SIGCONT');
    this.#child.kill(signal);
    await ended;
    return this.#child.exitCode;
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
  }
}
