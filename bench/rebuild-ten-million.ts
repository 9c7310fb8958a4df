// Is a rebuild of a view of ten million events slower for each of them than of one? No engine runs beside it; beside it, the
// same of a million, and reading the ten.
import { makeHall, makeShows, untilProjected } from './harness/hall.ts';
import type { Scenario } from './harness/bench.ts';
import { turnover, writeHistory } from './harness/history.ts';
import { startEngine, startPostgres, type BenchPostgres } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { spread } from './harness/spread.ts';
import { checkRebuilt, reading, rebuildHolds, SHOWS } from './rebuild.ts';

export const rebuildTenMillion: Scenario = {
  what: 'a view of ten million events computed anew',
  async run(bench) {
    const [million, ten] = bench.quick ? [2_000, 20_000] : [1_000_000, 10_000_000];
    const postgres = await startPostgres(bench.disk);
    const peakMb: number[] = [];
    try {
      const tenUrl = await history(postgres, 'ten', ten);
      const millionUrl = await history(postgres, 'million', million);
      const side = (name: string, url: string, events: number): Side => ({
        name,
        async run(round) {
          const { seconds, peakMb: mb } = await rebuildHolds(url, events / 2);
          if (round > 0 && url === tenUrl) peakMb.push(mb);
          return { value: events / seconds };
        },
      });
      const small = side(`of ${million.toLocaleString('en')} events`, millionUrl, million);
      await race(bench, {
        title: 'Rebuild of the view of holds, nothing beside it',
        unit: 'events/s',
        sides: [side(`of ${ten.toLocaleString('en')} events`, tenUrl, ten), small, reading(tenUrl)],
        asked: { [small.name]: 1 },
      });
      await checkRebuilt(tenUrl);
      bench.report.figure({
        title: `Rebuild of ${ten.toLocaleString('en')} events`,
        what: 'peak memory (RSS)',
        unit: 'MB',
        disk: bench.disk.name,
        value: spread(peakMb),
        asked: { atMost: 512 },
      });
    } finally {
      await postgres.stop();
    }
  },
};

/** A database with as many events as an engine would have written, and its views. */
async function history(postgres: BenchPostgres, name: string, events: number): Promise<string> {
  const url = await postgres.database(name);
  const engine = await startEngine(url);
  const hall = await makeHall(engine.url, 20_000);
  const showIds = await makeShows(engine.url, hall, SHOWS);
  const streams = showIds.map((id) => `show-${id}`);
  await writeHistory(url, streams, () => turnover(hall.seatIds, events / SHOWS));
  await untilProjected(engine.url);
  await engine.kill();
  await postgres.vacuum(name);
  return url;
}
