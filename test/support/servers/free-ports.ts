// Free loopback ports below those the system gives to outgoing connections, so that a server that was killed finds its
// own free when it comes back.
import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo, type Server } from 'node:net';

const FIRST = 12_000;
/** A server takes seconds to open its port: suites that run at the same time choose out of different quarters. */
const QUARTER = 5_000;
const TRIES_MAX = 200;
const given = new Set<number>();

/** All are held open until the last is chosen, and none is given twice by one process. */
export async function freePorts(count: number): Promise<number[]> {
  const first = FIRST + QUARTER * (Number(process.env['VITEST_POOL_ID'] ?? 0) % 4);
  const held: Server[] = [];
  for (let tries = 0; held.length < count; tries += 1) {
    if (tries === TRIES_MAX + count) throw new Error('No free ports were found on loopback.');
    const server = await listen(randomInt(QUARTER) + first);
    if (server) held.push(server);
  }
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  for (const port of ports) given.add(port);
  await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    if (given.has(port)) return resolve(null);
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
