// Listeners of an event stream, a process of their own: sockets that note when each change reached the last of them.
import { connect } from 'node:net';

export interface Listening {
  readonly url: string;
  readonly path: string;
  readonly count: number;
  /** Otherwise they stop reading once they are connected. */
  readonly reads: boolean;
}

export interface Heard {
  /** By revision: when the last listener had it, ms since 1970. */
  readonly lastMs: Readonly<Record<number, number>>;
  /** By revision: how many listeners had it. */
  readonly counts: Readonly<Record<number, number>>;
}

const READ_BYTES = 16 * 1024;
const PATIENCE_MS = 20_000;
const CHANGE = /id: (\d+)\nevent: delta/g;

const lastMs: Record<number, number> = {};
const counts: Record<number, number> = {};
let connected = 0;

process.on('message', (order: Listening | { changes: number }) => {
  if ('changes' in order) void answerWhenHeard(order.changes);
  else for (let n = 0; n < order.count; n += 1) listen(order);
});
process.once('disconnect', () => process.exit(0));

function listen({ url, path, count, reads }: Listening): void {
  const { hostname: host, port } = new URL(url);
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let isConnected = false;
  let unread = '';
  const callback = (bytes: number): boolean => {
    const text = unread + buffer.toString('latin1', 0, bytes);
    for (const [, revision] of text.matchAll(CHANGE)) note(Number(revision));
    // A frame may be cut anywhere: what follows the last whole one is looked at again.
    unread = text.slice(text.lastIndexOf('\n\n') + 1).slice(-200);
    if (!isConnected) {
      isConnected = true;
      connected += 1;
      if (connected === count) process.send!('connected');
    }
    return reads;
  };
  const socket = connect({ host, port: Number(port), onread: { buffer, callback } }, () =>
    socket.write(`GET ${path} HTTP/1.1\r\nhost: bench\r\naccept: text/event-stream\r\n\r\n`),
  );
  socket.on('error', (error) => {
    console.error(`a listener lost its connection: ${error.message}`);
    process.exit(1);
  });
}

function note(revision: number): void {
  lastMs[revision] = performance.timeOrigin + performance.now();
  counts[revision] = (counts[revision] ?? 0) + 1;
}

async function answerWhenHeard(last: number): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while ((counts[last] ?? 0) < connected && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 10));
  process.send!({ lastMs, counts } satisfies Heard);
}
