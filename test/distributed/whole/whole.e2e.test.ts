// The whole distributed profile, every part a process of its own, while brokers, OpenSearch, Postgres, roles and the store
// are killed; `npm run faults` strikes each by itself, and for longer.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFaults, wholeRunText } from './run.ts';
import { SHORT_FAULTS } from './whole-faults.ts';
import { openWholeWorld, type WholeWorld } from './whole-world.ts';

const MINUTES = 60_000;
let world: WholeWorld;
beforeAll(async () => {
  world = await openWholeWorld();
}, 6 * MINUTES);
afterAll(() => world?.stop(), MINUTES);

test(
  'what is killed takes nothing with it: log, Kafka, views and index are equal, and borne out by every answer',
  { timeout: 8 * MINUTES },
  async () => {
    const run = await runFaults(world, SHORT_FAULTS, { seed: 7, operations: 600, strikes: 1 });
    console.log(wholeRunText(run));
    console.log(`memory, MB: ${JSON.stringify(world.memory())}`);
    expect(run.complaints).toEqual([]);
    expect(run.messages).toBeGreaterThanOrEqual(run.events);
  },
);
