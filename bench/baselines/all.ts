// What people would otherwise build, behind the same Fastify and with the same requests. Each speaks three routes:
// POST /rounds makes fresh seats, POST /holds takes some, GET /taken counts what is taken, for the check.
import { spawnSync } from 'node:child_process';
import type { Bench } from '../harness/bench.ts';
import { holdRequests, type Party } from '../harness/booking.ts';
import { call } from '../harness/hall.ts';
import { metered } from '../harness/metered.ts';
import { startServer, type BenchPostgres, type Server } from '../harness/processes.ts';
import type { Side } from '../harness/rounds.ts';

export interface Baseline {
  readonly name: string;
  readonly script: string;
  /** What the engine is asked to reach, as a multiple of it. */
  readonly plainDisk: number;
  readonly slowDisk: number;
  /** How many of the requests a round sends: the slow ones get fewer, so that a round stays short. */
  readonly share: number;
  readonly seatsMax?: number;
  /** Keeps its seats in the shared Postgres; else in itself. */
  readonly onPostgres: boolean;
  /** A program that must be there, with how to get it. */
  readonly needs?: { readonly program: string; readonly install: string };
}

export const BASELINES: readonly Baseline[] = [
  {
    name: 'bare Fastify POST',
    script: 'bench/baselines/bare-fastify.ts',
    plainDisk: 0.75,
    slowDisk: 0.4,
    share: 1.5,
    onPostgres: false,
  },
  {
    name: 'SKIP LOCKED table',
    script: 'bench/baselines/skip-locked.ts',
    plainDisk: 8,
    slowDisk: 5,
    share: 0.15,
    onPostgres: true,
  },
  {
    name: 'FOR UPDATE table',
    script: 'bench/baselines/for-update.ts',
    plainDisk: 5,
    slowDisk: 5,
    share: 0.15,
    onPostgres: true,
  },
  {
    name: 'emmett-postgresql',
    script: 'bench/baselines/emmett.ts',
    plainDisk: 8,
    slowDisk: 6,
    share: 0.15,
    seatsMax: 1,
    onPostgres: true,
  },
  {
    name: 'Redis Lua, AOF always',
    script: 'bench/baselines/redis-lua.ts',
    plainDisk: 0.8,
    slowDisk: 0.8,
    share: 1,
    onPostgres: false,
    needs: { program: 'redis-server', install: 'apt-get install redis-server' },
  },
];

export interface RunningBaseline extends Baseline {
  readonly server: Server;
}

/** Starts those with one of these names, by default all; says which of them this machine lacks the program for. */
export async function startBaselines(
  bench: Bench,
  postgres: BenchPostgres,
  names: readonly string[] = BASELINES.map(({ name }) => name),
): Promise<RunningBaseline[]> {
  const running: RunningBaseline[] = [];
  for (const baseline of BASELINES.filter(({ name }) => names.includes(name))) {
    const { name, script, needs, onPostgres } = baseline;
    if (needs && spawnSync(needs.program, ['--version']).error) {
      bench.report.notRun(name, `there is no ${needs.program}: ${needs.install}`);
      continue;
    }
    const env: Record<string, string> = onPostgres
      ? { DATABASE_URL: await postgres.database(`baseline_${running.length}`) }
      : { ...bench.disk.env };
    running.push({ ...baseline, server: await startServer([script], env) });
  }
  return running;
}

export function baselineSide(
  { name, server, share, seatsMax, onPostgres }: RunningBaseline,
  postgres: BenchPostgres,
  { wanted, connections }: { wanted: readonly Party[]; connections: number },
): Side {
  const askers = Array.from({ length: Math.round(wanted.length * share) }, (_, n): Party => {
    const { customerId, seats } = wanted[n % wanted.length]!;
    return { customerId, seats: seats.slice(0, seatsMax) };
  });
  return {
    name,
    async run(round) {
      await call(server.url, 'POST', '/rounds', { seats: wanted.flatMap(({ seats }) => seats) });
      const requests = holdRequests('/holds', askers, `round-${round}`);
      const meter = { server, ...(onPostgres && { postgres }) };
      const { measured, byStatus, statuses } = await metered(meter, {
        url: server.url,
        connections,
        requests,
      });
      if (byStatus['201'] !== askers.length) throw new Error(`${name} answered ${JSON.stringify(byStatus)}`);
      const acknowledged = askers.reduce(
        (sum, { seats }, n) => sum + (statuses[n] === 201 ? seats.length : 0),
        0,
      );
      const { taken } = await call(server.url, 'GET', '/taken');
      if (taken !== acknowledged)
        throw new Error(`${name} acknowledged ${acknowledged} seats, and ${taken} are taken`);
      return measured;
    },
  };
}
