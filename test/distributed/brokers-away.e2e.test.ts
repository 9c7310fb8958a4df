// Brokers that are away, while nobody buys anything that would tell: each role says so at /readyz, and is ready again when
// they answer.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DistributedWorld } from './distributed-world.ts';
import type { RoleProcess } from './role-process.ts';

const READY = /^(200 .*\n?){2}$/;
const AWAY = /^(503 .*Kafka's brokers have not answered for \d\d s.*\n?){2}$/;
const SOON = { timeout: 60_000, interval: 500 };

let world: DistributedWorld;
let processes: RoleProcess[];
beforeAll(async () => {
  world = await DistributedWorld.open();
  processes = [await world.role('relay'), await world.role('projector')];
}, 240_000);
afterAll(() => world.close(), 60_000);

/** What each answers at /readyz, a line each. */
async function answers(): Promise<string> {
  const said = processes.map(async ({ url }) => {
    const answer = await fetch(`${url}/readyz`);
    return `${answer.status} ${await answer.text()}`;
  });
  return (await Promise.all(said)).join('\n');
}

it('says that its brokers are stopped, or killed, and recovers by itself', async () => {
  const [broker] = world.kafka.nodes;
  await world.published();
  await expect.poll(answers, SOON).toMatch(READY);
  broker!.signal('SIGSTOP');
  await expect.poll(answers, SOON).toMatch(AWAY);
  broker!.signal('SIGCONT');
  await expect.poll(answers, SOON).toMatch(READY);
  await broker!.stop('SIGKILL');
  await expect.poll(answers, SOON).toMatch(AWAY);
  await broker!.start();
  await expect.poll(answers, SOON).toMatch(READY);
  await world.whileSelling(() => world.published());
  await world.check();
}, 300_000);
