// Processes that are killed or stand still.
import { setTimeout as sleep } from 'node:timers/promises';
import { signal } from '../world/processes.ts';
import type { World } from '../world/world.ts';
import { always, anyOf, type Fault } from './fault.ts';

type OnEngines = Pick<World, 'engines'>;
type OnPostgres = Pick<World, 'engines' | 'postgresPids'>;

export const killEngine: Fault<OnEngines> = {
  name: 'kill -9 of the engine',
  forbidden: always,
  async strike({ engines }, chance) {
    const engine = anyOf(engines, chance);
    await sleep(chance.between(10, 500));
    engine.kill();
    await engine.ready();
  },
};

export const pauseEngine: Fault = {
  name: 'SIGSTOP and SIGCONT of the engine',
  forbidden: always,
  async strike({ engines }, chance) {
    const engine = anyOf(engines, chance);
    engine.signal('SIGSTOP');
    await sleep(chance.between(300, 3_000));
    engine.signal('SIGCONT');
  },
};

export const pausePostgres: Fault = {
  name: 'SIGSTOP and SIGCONT of Postgres',
  forbidden: always,
  async strike({ postgresPids }, chance) {
    const pids = postgresPids();
    signal(pids, 'SIGSTOP');
    await sleep(chance.between(300, 2_500));
    signal(pids, 'SIGCONT');
  },
};

/** Everything at once, as when the machine of the database fails; it is started again by whoever started it. */
export const killPostgres: Fault<OnPostgres> = {
  name: 'kill -9 and restart of Postgres',
  forbidden: always,
  async strike({ postgresPids, engines }) {
    const pids = postgresPids();
    signal(pids, 'SIGKILL');
    while (postgresPids().length === 0 || postgresPids()[0] === pids[0]) await sleep(20);
    for (const engine of engines) await engine.ready();
  },
};

/** One process of it: Postgres throws away what all of them share and recovers. */
export const killBackend: Fault<OnPostgres> = {
  name: 'kill -9 of one process of Postgres',
  trace: 'was terminated by signal 9',
  forbidden: always,
  async strike({ postgresPids, engines }, chance) {
    const [, ...backends] = postgresPids();
    if (backends.length > 0) signal([chance.pick(backends)], 'SIGKILL');
    await sleep(200);
    for (const engine of engines) await engine.ready();
  },
};
