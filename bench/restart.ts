// A crash with a million events in the log: from starting the process again to the first hold acknowledged, with the
// snapshots that the engine had made and without any. The show that is asked for has a long stream.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Bench, Scenario } from './harness/bench.ts';
import { call, makeHall, makeShows, untilProjected } from './harness/hall.ts';
import { startEngine, startPostgres, type Server } from './harness/processes.ts';
import { turnover, writeHistory } from './harness/history.ts';
import { spread } from './harness/spread.ts';

/** So few that the stream of each is long enough for the engine to save its state. */
const SHOWS = 10;

export const restart: Scenario = {
  what: 'kill -9 to the first verdict with a million events',
  async run(bench) {
    const events = bench.quick ? 20_000 : 1_000_000;
    const postgres = await startPostgres(bench.disk);
    const url = await postgres.database('engine');
    let engine: Server = await startEngine(url);
    try {
      const hall = await makeHall(engine.url, 20_000);
      const showIds = await makeShows(engine.url, hall, SHOWS);
      const streams = showIds.map((showId) => `show-${showId}`);
      await writeHistory(url, streams, () => turnover(hall.seatIds, events / SHOWS));
      await untilProjected(engine.url);
      let restarts = 0;
      const restarted = async (round: number): Promise<number> => {
        await engine.kill('SIGKILL');
        const began = performance.now();
        engine = await startEngine(url);
        restarts += 1;
        await firstHold(engine.url, showIds[round % SHOWS]!, hall.seatIds.at(-restarts)!, restarts);
        return performance.now() - began;
      };
      await reportRestarts(bench, events, url, restarted);
    } finally {
      await engine.kill();
      await postgres.stop();
    }
  },
};

/** Acknowledged, and there when it is read back. */
async function firstHold(url: string, showId: string, seat: string, round: number): Promise<void> {
  const { hold } = await call(url, 'POST', `/v1/shows/${showId}/holds`, {
    customerId: `r${round}`,
    seats: [seat],
  });
  const found = await call(url, 'GET', `/v1/shows/${showId}/holds/${hold.id}`);
  if (found.hold.seats[0] !== seat)
    throw new Error(`hold ${hold.id} of ${seat} came back as ${found.hold.seats}`);
}

async function reportRestarts(
  bench: Bench,
  events: number,
  url: string,
  restarted: (round: number) => Promise<number>,
): Promise<void> {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  const times: { without: number[]; with: number[] } = { without: [], with: [] };
  try {
    for (let round = 0; round < bench.rounds; round += 1) {
      // Without snapshots the whole stream is read, and a snapshot is left behind for the second restart.
      await database.query('TRUNCATE snapshots');
      times.without.push(await restarted(round));
      if (bench.quick) continue;
      await untilSaved(database);
      times.with.push(await restarted(round));
      console.error(
        `  round ${round + 1}/${bench.rounds}: ${said(times.without)}, with snapshots ${said(times.with)}`,
      );
    }
  } finally {
    await database.end();
  }
  const title = `Restart with ${events.toLocaleString('en')} events, ${SHOWS} shows of 20,000 seats`;
  const figure = (what: string, ms: number[], atMost: number) =>
    bench.report.figure({
      title,
      what: `start to first hold acknowledged, ${what}`,
      unit: 's',
      disk: bench.disk.name,
      value: spread(ms.map((t) => t / 1000)),
      asked: { atMost },
    });
  figure('without snapshots', times.without, 6);
  // A short stream is never saved.
  if (!bench.quick) figure('with snapshots', times.with, 1);
}

const said = (ms: number[]): string => `${ms.at(-1)!.toFixed(0)} ms`;

/** A state is saved in the background, once it was loaded from a long stream and a command has changed it. */
async function untilSaved(database: pg.Client): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { rows } = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM snapshots');
    if (rows[0]!.n > 0) return;
    await sleep(50);
  }
  throw new Error('no snapshot was saved within 10 s');
}
