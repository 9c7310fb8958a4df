// A crash with a million events in the log, of the engine alone and of Postgres too: from its start, or from when Postgres is
// back, which is measured by itself, to the first hold acknowledged, with the snapshots that the engine had made and without
// any. The show has a long stream. Every crash of Postgres is one that its keeper starts it again from soon, as after a first;
// after more than five within a minute it waits for ten seconds.
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
      const restarted: Restart = async (round, isAlone) => {
        if (!isAlone) await postgres.untilRested();
        await engine.kill('SIGKILL');
        const postgresMs = isAlone ? 0 : await postgres.crash();
        const back = performance.now();
        engine = await startEngine(url);
        restarts += 1;
        await firstHold(engine.url, showIds[round % SHOWS]!, hall.seatIds.at(-restarts)!, restarts);
        return { postgresMs, engineMs: performance.now() - back };
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

/** `isAlone`: Postgres goes on. */
type Restart = (round: number, isAlone: boolean) => Promise<Restarted>;

interface Restarted {
  readonly postgresMs: number;
  /** From when Postgres was back. */
  readonly engineMs: number;
}

async function reportRestarts(bench: Bench, events: number, url: string, restarted: Restart): Promise<void> {
  const alone: Times = { without: [], with: [] };
  const both: Times = { without: [], with: [] };
  for (let round = 0; round < bench.rounds; round += 1) {
    for (const times of [alone, both]) {
      // Without snapshots the whole stream is read, and a snapshot is left behind for the second restart.
      await ask(url, 'TRUNCATE snapshots');
      times.without.push(await restarted(round, times === alone));
      if (bench.quick) continue;
      await untilSaved(url);
      times.with.push(await restarted(round, times === alone));
    }
    console.error(
      `  round ${round + 1}/${bench.rounds}: ${said(alone)}; after a crash of Postgres too ${said(both)}`,
    );
  }
  const figure = (what: string, ms: number[], atMost?: number) =>
    bench.report.figure({
      title: `Restart with ${events.toLocaleString('en')} events, ${SHOWS} shows of 20,000 seats`,
      what,
      unit: 's',
      disk: bench.disk.name,
      value: spread(ms.map((t) => t / 1000)),
      ...(atMost !== undefined && { asked: { atMost } }),
    });
  for (const [what, times] of [
    ['start to first hold acknowledged', alone],
    ['the same once Postgres is back from a crash of both', both],
  ] as const) {
    figure(`${what}, without snapshots`, engines(times.without), 6);
    // A short stream is never saved.
    if (!bench.quick) figure(`${what}, with snapshots`, engines(times.with), 1);
  }
  const postgres = [...both.without, ...both.with].map(({ postgresMs }) => postgresMs);
  figure('kill -9 of Postgres to its first answer', postgres);
}

interface Times {
  readonly without: Restarted[];
  readonly with: Restarted[];
}

const engines = (times: readonly Restarted[]): number[] => times.map(({ engineMs }) => engineMs);
const said = (times: Times): string =>
  [times.without, times.with]
    .map((all) => `${all.at(-1)?.engineMs.toFixed(0) ?? '–'} ms`)
    .join(', with snapshots ');

/** On the disk: a state is saved in the background, once it was loaded from a long stream and a command has changed it. */
async function untilSaved(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    // A save does not wait for the disk, and a crash of Postgres just after it would take it back.
    if ((await ask(url, 'SELECT FROM snapshots LIMIT 1')) > 0) return void (await ask(url, 'CHECKPOINT'));
    await sleep(50);
  }
  throw new Error('no snapshot was saved within 10 s');
}

/** On a connection of its own, for none outlives a crash; how many rows there were. */
async function ask(url: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(statement);
  await client.end();
  return rows.length;
}
