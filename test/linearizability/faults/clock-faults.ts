// The clock of an engine jumps by an hour and back. Shows that are decided meanwhile go on in the later time.
import { setTimeout as sleep } from 'node:timers/promises';
import { always, anyOf, type Fault } from './fault.ts';

const HOUR_MS = 3_600_000;

const jump = (name: string, byMs: number): Fault => ({
  name,
  forbidden: always,
  async strike({ engines }, chance) {
    const engine = anyOf(engines, chance);
    engine.shiftClock(byMs);
    await sleep(chance.between(300, 1_500));
    engine.shiftClock(0);
    await sleep(200);
  },
});

export const clockAhead = jump('clock of the engine jumps ahead by an hour, and back', HOUR_MS);
export const clockBehind = jump('clock of the engine jumps back by an hour, and ahead', -HOUR_MS);
