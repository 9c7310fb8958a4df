// Starts the stand-in for EventStoreDB as a process of its own, which a test may kill and start again on the same folder.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Request } from './main.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

export interface StandInProcess {
  readonly url: string;
  ask(request: Request): void;
  /** SIGKILL, as a crash: nothing that it had in memory survives. */
  kill(): Promise<void>;
  /** On the same folder and port. */
  restart(): Promise<void>;
}

/** For one test: it is killed when that is over. */
export async function spawnStandIn(folder: string): Promise<StandInProcess> {
  let [child, url] = await spawn(folder, 0);
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return {
    url,
    ask: (request) => void child.send(request),
    kill,
    async restart() {
      [child, url] = await spawn(folder, Number(new URL(url).port));
    },
  };
}

async function spawn(folder: string, port: number): Promise<[ChildProcess, string]> {
  const child = fork(MAIN, ['--folder', folder, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let said = '';
  for await (const chunk of child.stdout!) {
    said += String(chunk);
    if (said.includes('READY')) break;
  }
  const url = /^EVENTSTORE_URL=(.+)$/m.exec(said)?.[1];
  if (url === undefined) throw new Error(`The stand-in for EventStoreDB did not start: ${said}`);
  return [child, url];
}
