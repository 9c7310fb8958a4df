// Starts the stand-in for EventStoreDB as a process of its own, which a test may kill and start again on the same folder.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../servers/free-ports.ts';
import type { Reply, Request } from './main.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

export interface StandInProcess {
  readonly url: string;
  readonly pid: number | undefined;
  ask(request: Request): void;
  /** Of the faults that were asked for, those that have not happened yet. */
  pending(): Promise<number>;
  /** SIGKILL, as a crash: nothing that it had in memory survives. */
  kill(): Promise<void>;
  /** On the same folder and port; a single node only. */
  restart(): Promise<void>;
}

/** Whoever starts it kills it in the end; it ends with this process. */
export async function spawnStandIn(folder: string, nodes = 1): Promise<StandInProcess> {
  const port = nodes === 1 ? (await freePorts(1))[0]! : 0;
  let [child, url] = await spawn(folder, port, nodes);
  return {
    url,
    get pid() {
      return child.pid;
    },
    ask: (request) => void child.send(request),
    async pending() {
      const replied = once(child, 'message') as Promise<[Reply]>;
      child.send({} satisfies Request);
      return (await replied)[0].pending;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async restart() {
      [child, url] = await spawn(folder, port, 1);
    },
  };
}

async function spawn(folder: string, port: number, nodes: number): Promise<[ChildProcess, string]> {
  const child = fork(MAIN, ['--folder', folder, '--port', String(port), '--nodes', String(nodes)], {
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
