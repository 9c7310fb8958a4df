// The port of a process that serves no API is let go of while somebody still asks.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as passes } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PrometheusMetrics } from '../../src/adapters/prometheus/prometheus-metrics.ts';
import { createOperateServer } from '../../src/api/operate-server.ts';

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`;

test('who gets through while the server closes meets its own routes, not an answer of the framework', async () => {
  let becomesReady = (_reason: null) => {};
  const readiness = () => new Promise<null>((resolve) => (becomesReady = resolve));
  const app = createOperateServer({ readiness, metrics: new PrometheusMetrics() });
  const seen: string[] = [];
  app.addHook('onRequest', async ({ url }) => void seen.push(url));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  let heard = '';
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
  // An answer that is still awaited keeps the connection from being closed as idle.
  socket.write(request('/readyz'));
  while (seen.length === 0) await passes(5);
  const closed = app.close();
  await passes(20);
  socket.write(request('/healthz'));
  await passes(50);
  becomesReady(null);
  await once(socket, 'close');
  await closed;
  expect(seen).toEqual(['/readyz', '/healthz']);
  expect(heard).not.toContain('Service Unavailable');
});
