// The simulator's own rules: time goes on in order, the dead stay dead, and a script gives one history.
import { expect, test } from 'vitest';
import { Chance } from './kernel/chance.ts';
import { Actor, Scheduler } from './kernel/scheduler.ts';
import { Trace } from './kernel/trace.ts';
import { scriptOf } from './people/script.ts';
import { missedInBooking } from './reach.ts';
import { run } from './world.ts';

const scheduler = () => new Scheduler(new Chance(1), new Trace(false));

test('what waits goes on in order of time, each with all that follows from it', async () => {
  const world = scheduler();
  const actor = new Actor('one');
  const said: string[] = [];
  const walk = async (name: string, ms: number): Promise<void> => {
    await world.pause(ms, actor, name);
    said.push(name);
    for (let i = 0; i < 200; i += 1) await Promise.resolve();
    said.push(`${name}, long after`);
  };
  void walk('second', 2);
  void walk('first', 1);
  await world.run(10);
  expect(said).toEqual(['first', 'first, long after', 'second', 'second, long after']);
  expect(world.nowMs).toBe(10);
});

test('who has died never goes on, and who is stalled goes on later', async () => {
  const world = scheduler();
  const [dead, stalled] = [new Actor('dead'), new Actor('stalled')];
  const said: string[] = [];
  world.after(5, dead, 'speaks', () => said.push('dead'));
  world.after(5, stalled, 'speaks', () => said.push(`stalled at ${world.nowMs}`));
  dead.alive = false;
  stalled.stalledUntilMs = 9;
  await world.run(100);
  expect(said).toEqual(['stalled at 9']);
});

test('what was called off does not happen, also after a stall', async () => {
  const world = scheduler();
  const actor = new Actor('one');
  actor.stalledUntilMs = 9;
  const callOff = world.after(5, actor, 'speaks', () => expect.unreachable());
  await world.run(7);
  callOff();
  await world.run(20);
});

test('a seed draws the same script, and a script the same history, step by step', async () => {
  const script = scriptOf(7, 60);
  expect(scriptOf(7, 60)).toEqual(script);
  const [one, two, other] = [await run(script), await run(script), await run(scriptOf(8, 60))];
  expect(one.violation).toBeNull();
  expect(one.digest).toBe(two.digest);
  expect(one.digest).not.toBe(other.digest);
});

test('a campaign in which nothing happened is not passed', () => {
  expect(missedInBooking(new Map(), 300_000)).toContain('fault crash: 0 times, not 100');
  expect(missedInBooking(new Map(), 100_000)).toContain('fault crash: 0 times, not 33');
});
