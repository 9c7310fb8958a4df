// A TCP line to Postgres that can swallow answers, go dead and come back: what a network does to a commit.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface UnreliableLine {
  /** The same database, through the line. */
  readonly url: string;
  /** From now on statements still arrive, but no answer comes back. */
  loseAnswers(): void;
  /** Breaks every connection, and new ones too until it is mended. */
  cut(): void;
  mend(): void;
}

export async function unreliableLine(databaseUrl: string): Promise<UnreliableLine> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let answering = true;
  let alive = true;
  const server = createServer((near) => {
    if (!alive) {
      near.destroy();
      return;
    }
    const far = connect(Number(port || 5432), hostname);
    for (const [socket, peer] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        peer.destroy();
      });
    }
    near.on('data', (sent) => far.write(sent));
    far.on('data', (answer) => answering && near.write(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    alive = false;
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  const through = new URL(databaseUrl);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    loseAnswers() {
      answering = false;
    },
    cut,
    mend() {
      alive = true;
      answering = true;
    },
  };
}
