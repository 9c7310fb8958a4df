// One engine as `npm start` runs it, always on the same port, started again whenever it ends unasked.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../support/servers/free-ports.ts';
import { signal } from './processes.ts';

export const ADMIN_KEY = 'fs_admin_of_the_histories_0123456789';

const root = join(import.meta.dirname, '../../..');
const preload = (name: string): string[] => ['--import', new URL(name, import.meta.url).href];
const STARTS_MAX = 200;
/** A busy machine takes a while to start one. */
const READY_WITHIN_MS = 120_000;

export interface EngineOptions {
  /** What it runs of the engine; all of it unless said. */
  readonly role?: string;
  /** Settings beside the usual ones of a recording. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  /** Where the offset of its clock is written. */
  readonly clockFile: string;
  /** Asked at each start: `<count> <name>` of the failpoint to die at, or null. */
  readonly failpoint: () => string | null;
  /** Lines of its error stream. */
  readonly onLine: (line: string) => void;
}

export class EngineProcess {
  readonly url: string;
  readonly #port: number;
  readonly #options: EngineOptions;
  #child: ChildProcess | null = null;
  #stopping = false;
  #running: Promise<void> = Promise.resolve();
  readonly #onExit = () => this.kill();
  starts = 0;

  private constructor(port: number, options: EngineOptions) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#options = options;
  }

  static async start(options: EngineOptions): Promise<EngineProcess> {
    writeFileSync(options.clockFile, '0');
    const engine = new EngineProcess((await freePorts(1))[0]!, options);
    // Whatever ends the recording ends the engines.
    process.once('exit', engine.#onExit);
    engine.#running = engine.#keepRunning();
    await engine.ready();
    return engine;
  }

  /** Resolves once it can serve. */
  async ready(): Promise<void> {
    let said = '';
    for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await sleep(30)) {
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => null,
      );
      said = (await answer?.text().catch(() => null)) ?? 'no answer';
      if (answer?.status === 200) return;
    }
    throw new Error(`the engine at ${this.url} is not ready within ${READY_WITHIN_MS} ms: ${said}`);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  kill(): void {
    this.signal('SIGKILL');
  }

  signal(name: NodeJS.Signals): void {
    if (this.#child?.pid !== undefined) signal([this.#child.pid], name);
  }

  /** Sets its clock ahead (or, negative, back) of the machine's. */
  shiftClock(offsetMs: number): void {
    writeFileSync(this.#options.clockFile, String(offsetMs));
    this.signal('SIGUSR2');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const patience = setTimeout(() => this.kill(), 15_000);
    await this.#running;
    clearTimeout(patience);
    process.removeListener('exit', this.#onExit);
  }

  async #keepRunning(): Promise<void> {
    while (!this.#stopping && this.starts < STARTS_MAX) {
      this.starts += 1;
      const child = this.#spawn();
      this.#child = child;
      for (const stream of [child.stdout!, child.stderr!])
        createInterface({ input: stream }).on('line', this.#options.onLine);
      const [code] = (await once(child, 'exit')) as [number | null];
      // It refuses to start while the database is away.
      if (code !== null && !this.#stopping) await sleep(200);
    }
  }

  #spawn(): ChildProcess {
    const { databaseUrl, clockFile, failpoint, role = 'start', environment = {} } = this.#options;
    const point = failpoint();
    const args = [
      ...preload('preload-clock.ts'),
      ...(point === null ? [] : preload('preload-failpoint.ts')),
      'src/main.mjs',
      role,
    ];
    const env = {
      ...process.env,
      PORT: String(this.#port),
      DATABASE_URL: databaseUrl,
      ADMIN_API_KEY: ADMIN_KEY,
      DEMO_DATA: 'off',
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'error',
      TEST_CLOCK_FILE: clockFile,
      TEST_FAILPOINT: point ?? '',
      ...environment,
    };
    return spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}
