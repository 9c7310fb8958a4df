// The other view: the live maps, computed anew in memory from the streams of their shows. Beside it, reading the log.
import { PostgresEventLog } from '../src/adapters/postgres/postgres-event-log.ts';
import { systemClock } from '../src/adapters/system/system-clock.ts';
import { SeatingPlanStore } from '../src/commands/seating-plan-store.ts';
import { showAggregate } from '../src/domain/show/show.ts';
import { ShowLoader } from '../src/live/loader.ts';
import type { Bench } from './harness/bench.ts';
import type { Server } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';

/** As an engine has them. */
const LIMITS = { deltasMax: 2_000, deltaBytesMax: 4 * 1024 * 1024 };

interface Maps {
  readonly engine: Server;
  readonly databaseUrl: string;
  readonly showIds: readonly string[];
  readonly reading: Side;
}

export async function raceMaps(bench: Bench, { engine, databaseUrl, showIds, reading }: Maps): Promise<void> {
  const maps: Side = {
    name: 'fairseat, from the first event on',
    async run() {
      const log = new PostgresEventLog(databaseUrl);
      const plans = new SeatingPlanStore(log);
      const loader = new ShowLoader({
        log,
        plans,
        aggregate: showAggregate(plans),
        clock: systemClock,
        limits: LIMITS,
      });
      const made: [id: string, map: string][] = [];
      let events = 0;
      const began = performance.now();
      for (const id of showIds) {
        const show = (await loader.open(id))!;
        events += show.revision + 1;
        made.push([id, show.availability().body.toString()]);
      }
      const seconds = (performance.now() - began) / 1_000;
      await log.close();
      for (const [id, map] of made) await checkMap(engine.url, id, map);
      return { value: events / seconds };
    },
  };
  await race(bench, {
    title: `Rebuild of the live maps of ${showIds.length} shows, in memory`,
    unit: 'events/s',
    sides: [maps, reading],
    asked: { [reading.name]: 0.7 },
  });
}

/** It is byte for byte the map that is served. */
async function checkMap(url: string, showId: string, map: string): Promise<void> {
  const served = await (await fetch(`${url}/v1/shows/${showId}/availability`)).text();
  if (served !== map) throw new Error(`the map of ${showId} is not the one that is served`);
}
