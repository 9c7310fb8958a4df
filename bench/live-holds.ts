// A million holds live at once over 1,000 shows: what does the process take, all of those states in memory?
import type { Scenario } from './harness/bench.ts';
import { AUTHORISED, makeHall, makeShows, untilProjected } from './harness/hall.ts';
import { held, writeHistory } from './harness/history.ts';
import { load, request } from './harness/load.ts';
import { startEngine, startPostgres } from './harness/processes.ts';
import { spread } from './harness/spread.ts';
import { memoryKb } from './steady.ts';

/** The heap has a bound, as an operator who counts on it would set one: without it V8 lets garbage lie for as long as it may. */
const HEAP_MB = 1_280;
const ROOM = { STATE_CACHE_MB: '4096', NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` };
const LIVE_MS = 3_600_000;

export const liveHolds: Scenario = {
  what: 'memory of a million live holds',
  async run(bench) {
    const shows = bench.quick ? 10 : 1_000;
    const each = bench.quick ? 100 : 1_000;
    const postgres = await startPostgres(bench.disk);
    const url = await postgres.database('engine');
    let engine = await startEngine(url, ROOM);
    try {
      const hall = await makeHall(engine.url, each);
      const showIds = await makeShows(engine.url, hall, shows);
      await untilProjected(engine.url);
      await engine.kill();
      const until = Date.now() + LIVE_MS;
      await writeHistory(
        url,
        showIds.map((id) => `show-${id}`),
        (show) => hall.seatIds.map((seat, n) => held(seat, `c${show}-${n}`, until)),
      );
      engine = await startEngine(url, ROOM);
      const before = memoryKb(engine);
      // Asking for one hold that is not there reads the state of its show, and keeps it.
      const nowhere = crypto.randomUUID();
      const requests = showIds.map((id) =>
        request('GET', `/v1/shows/${id}/holds/${nowhere}`, { headers: AUTHORISED }),
      );
      const asked = await load({ url: engine.url, connections: 16, requests });
      if (asked.byStatus['404'] !== shows) throw new Error(JSON.stringify(asked.byStatus));
      await untilProjected(engine.url);
      const metrics = await (await fetch(`${engine.url}/metrics`, { headers: AUTHORISED })).text();
      const cached = Number(/^fairseat_states_cached (\d+)/m.exec(metrics)?.[1]);
      if (cached < shows) throw new Error(`only ${cached} of ${shows} states are in memory`);
      const after = memoryKb(engine);
      const holds = shows * each;
      const disk = bench.disk.name;
      const title = `${holds.toLocaleString('en')} live holds over ${shows.toLocaleString('en')} shows`;
      bench.report.figure({
        title,
        what: `memory (RSS) of the engine, its heap bounded to ${HEAP_MB.toLocaleString('en')} MB`,
        unit: 'MB',
        disk,
        value: spread([after / 1_024]),
        asked: { atMost: 1_536 },
      });
      bench.report.figure({
        title,
        what: 'of which a hold',
        unit: 'bytes',
        disk,
        value: spread([((after - before) * 1_024) / holds]),
      });
    } finally {
      await engine.kill();
      await postgres.stop();
    }
  },
};
