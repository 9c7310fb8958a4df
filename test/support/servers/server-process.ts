// One server as a child process: started, waited for, killed and started again on the same ports and folder. It dies with
// the process that started it, where the system can see to that.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_MS_MAX = 150_000;
const STOP_MS_MAX = 15_000;
const POLL_MS = 100;
const LAST_WORDS = 2_000;
const SETPRIV = '/usr/bin/setpriv';

export interface ServerProcessOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Where it works and writes `<name>.log`. */
  readonly folder: string;
  /** Given what it has logged since this start. */
  readonly isReady: (logged: string) => boolean | Promise<boolean>;
}

export class ServerProcess {
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  /** How it ended; null while it runs. */
  #ending: string | null = 'never started';
  #logFrom = 0;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#ending === null ? this.#child?.pid : undefined;
  }

  /** Resolves when it is ready; rejects at once, with its last words, when it ends before. */
  async start(): Promise<void> {
    const { name, isReady } = this.#options;
    this.#spawn();
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const logged = readFileSync(this.#log).subarray(this.#logFrom).toString();
      if (this.#ending === null && (await isReady(logged))) return;
      if (this.#ending !== null || waitedMs > READY_MS_MAX) {
        const why = this.#ending ?? `was not ready after ${READY_MS_MAX / 1000} s`;
        await this.stop('SIGKILL');
        throw new Error(`${name}: ${why}\n${logged.slice(-LAST_WORDS)}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** SIGKILL is what a crash looks like; anything else is given some seconds. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#ending !== null) return;
    this.#child!.kill(signal);
    const late = setTimeout(() => this.#child!.kill('SIGKILL'), STOP_MS_MAX);
    await this.#ended;
    clearTimeout(late);
  }

  /** Sent as it is, for example SIGSTOP. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  get #log(): string {
    return path.join(this.#options.folder, `${this.#options.name}.log`);
  }

  #spawn(): void {
    const { program, args, folder } = this.#options;
    const file = openSync(this.#log, 'a');
    this.#logFrom = fstatSync(file).size;
    const [command, ...rest] = existsSync(SETPRIV)
      ? [SETPRIV, '--pdeathsig', 'KILL', program, ...args]
      : [program, ...args];
    const child = spawn(command, rest, { cwd: folder, stdio: ['ignore', file, file] });
    closeSync(file);
    this.#child = child;
    this.#ending = null;
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#ending = `ended with ${signal ?? `code ${code}`}`;
        resolve();
      });
      child.once('error', (error) => {
        this.#ending = error.message;
        resolve();
      });
    });
  }
}
