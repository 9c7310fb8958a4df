// The flash sale that is often recommended: a Lua script in Redis takes all seats of a hold or none, behind Fastify.
// Its append-only file is written with `appendfsync always`, so that an answer is as durable as the engine's.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { Redis } from 'ioredis';

const HOLD = `
for i = 2, #KEYS do if redis.call('EXISTS', KEYS[i]) == 1 then return 0 end end
for i = 2, #KEYS do redis.call('SET', KEYS[i], ARGV[1], 'EX', 600) end
redis.call('HSET', ARGV[1], 'customer', ARGV[2], 'seats', ARGV[3])
redis.call('INCRBY', KEYS[1], #KEYS - 1)
return 1`;

const folder = mkdtempSync(join(tmpdir(), 'fairseat-redis-'));
const socket = join(folder, 'redis.sock');
const flags = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', ''];
const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
const server = spawn('redis-server', [...flags, ...durable], { stdio: 'ignore' });
const stop = () => {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
};
process.once('exit', stop);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));

/** All commands of a turn of the event loop in one write, its best way to use one connection. */
const redis = new Redis({ path: socket, enableAutoPipelining: true, retryStrategy: () => 50 });
redis.on('error', () => {});
while (redis.status !== 'ready') await sleep(20);
const script = (await redis.script('LOAD', HOLD)) as string;

const app = Fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 });
let round = 0;
app.post('/rounds', async () => {
  round += 1;
  await redis.flushall();
  return { round };
});
app.post<{ Body: { customerId: string; seats: string[] } }>('/holds', async (request, reply) => {
  const { customerId, seats } = request.body;
  const id = randomUUID();
  const keys = [`taken:${round}`, ...seats.map((seat) => `seat:${round}:${seat}`)];
  const held = await redis.evalsha(script, keys.length, ...keys, `hold:${id}`, customerId, seats.join());
  return held === 1
    ? reply.code(201).send({ hold: { id, customerId, seats } })
    : reply.code(409).send({ code: 'SeatsUnavailable' });
});
app.get('/taken', async () => {
  const keys = await redis.keys(`seat:${round}:*`);
  return { taken: keys.length };
});
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(app.listeningOrigin);
