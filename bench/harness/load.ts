// Load on a server, by the generator process: the same for the engine and for every baseline.
import { fork, type ChildProcess } from 'node:child_process';

const PATIENCE_MS = 150_000;

export interface Load {
  readonly url: string;
  readonly connections: number;
  /** Whole requests, by `request()`; the n-th that is sent is `requests[n % requests.length]`. */
  readonly requests: readonly string[];
  /** By default one of each. */
  readonly amount?: number;
  /** Open loop: as many requests a second, whatever the server does. Without it a closed loop. */
  readonly perSecond?: number;
  readonly keepBodies?: boolean;
}

export interface LoadOrder extends Omit<Load, 'url' | 'amount'> {
  readonly host: string;
  readonly port: number;
  readonly amount: number;
}

export interface LoadAnswer {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** By request: its status; 0 where the connection broke instead. */
  readonly statuses: Uint16Array;
  /** By request: from sending it (closed loop) or from when it was due (open loop) to its whole answer. */
  readonly latenciesMs: Float32Array;
  readonly bodies: readonly string[];
  readonly generatorCpuSeconds: number;
}

export interface LoadResult extends LoadAnswer {
  readonly perSecond: number;
  readonly byStatus: Record<string, number>;
}

/** The bytes of one request; `body` is sent as JSON. */
export function request(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const all = {
    host: 'bench',
    ...headers,
    ...(body !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
    }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`;
}

/** Sends `amount` requests and waits for every answer. */
export async function load({ url, amount, ...rest }: Load): Promise<LoadResult> {
  const { hostname: host, port } = new URL(url);
  const order = { ...rest, host, port: Number(port), amount: amount ?? rest.requests.length };
  const answer = await ask(order);
  const byStatus: Record<string, number> = {};
  for (const status of answer.statuses) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return { ...answer, perSecond: order.amount / answer.seconds, byStatus };
}

/** Begins `work` at a steady rate, whatever it does; the latencies in ms from when each was due. */
export async function openLoop(
  perSecond: number,
  amount: number,
  work: (n: number) => Promise<unknown>,
): Promise<number[]> {
  const began = performance.now();
  const running: Promise<number>[] = [];
  while (running.length < amount) {
    const due = ((performance.now() - began) / 1_000) * perSecond;
    while (running.length < amount && running.length <= due) {
      const dueAt = began + (running.length / perSecond) * 1_000;
      running.push(work(running.length).then(() => performance.now() - dueAt));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return Promise.all(running);
}

/** How many a second get done with so many in flight, once they are warm. */
export async function peakOf(
  inFlight: number,
  amount: number,
  work: (n: number) => Promise<unknown>,
): Promise<number> {
  let perSecond = 0;
  for (let pass = 0; pass < 2; pass += 1) {
    const began = performance.now();
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < amount) await work(next++);
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    perSecond = amount / ((performance.now() - began) / 1_000);
  }
  return perSecond;
}

let generator: ChildProcess | undefined;

/** The generator lives as long as the bench, so that its code is warm for every side alike. */
function generatorProcess(): ChildProcess {
  if (generator) return generator;
  generator = fork(new URL('generator.ts', import.meta.url), { serialization: 'advanced' });
  generator.setMaxListeners(0);
  generator.once('exit', () => (generator = undefined));
  generator.unref();
  generator.channel!.unref();
  return generator;
}

function ask(order: LoadOrder): Promise<LoadAnswer> {
  const child = generatorProcess();
  child.channel!.ref();
  return new Promise<LoadAnswer>((resolve, reject) => {
    const impatient = setTimeout(
      () => reject(new Error('The server did not answer every request.')),
      PATIENCE_MS,
    );
    const settle = (message: { answer?: LoadAnswer; error?: string }) => {
      clearTimeout(impatient);
      child.off('exit', died);
      child.channel?.unref();
      if (message.answer) resolve(message.answer);
      else reject(new Error(message.error));
    };
    const died = () => {
      clearTimeout(impatient);
      child.off('message', settle);
      reject(new Error('The load generator ended: what it said is above.'));
    };
    child.once('message', settle);
    child.once('exit', died);
    child.send(order);
  });
}
