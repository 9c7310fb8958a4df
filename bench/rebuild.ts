// A view is computed again from a million events, by the command line beside the serving engine, while holds arrive.
// Beside it the least that must be done, reading the log in pages, and how another event store does it.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Bench, Scenario } from './harness/bench.ts';
import { checkHolds, holdRequests, parties, type Party } from './harness/booking.ts';
import { makeHall, makeShow, makeShows, untilProjected } from './harness/hall.ts';
import { turnover, writeHistory } from './harness/history.ts';
import { load } from './harness/load.ts';
import { startEngine, startPostgres } from './harness/processes.ts';
import { race, type Side } from './harness/rounds.ts';
import { percentile, spread, type Spread } from './harness/spread.ts';
import { raceMaps } from './rebuild-maps.ts';

export const SHOWS = 50;
const PAGE = 10_000;
const FOREGROUND_PER_SECOND = 300;
const FOREGROUND_CONNECTIONS = 64;
/** It takes about a millisecond for each. */
const EMMETT_EVENTS = 20_000;

export const rebuild: Scenario = {
  what: 'a view of a million events computed anew, with live writes',
  async run(bench) {
    const events = bench.quick ? 20_000 : 1_000_000;
    const postgres = await startPostgres(bench.disk);
    const databaseUrl = await postgres.database('engine');
    const engine = await startEngine(databaseUrl);
    try {
      const hall = await makeHall(engine.url, 20_000);
      const showIds = await makeShows(engine.url, hall, SHOWS);
      const streams = showIds.map((id) => `show-${id}`);
      await writeHistory(databaseUrl, streams, () => turnover(hall.seatIds, events / SHOWS));
      await untilProjected(engine.url);
      const emmett = await emmettRebuild(
        await postgres.database('emmett'),
        bench.quick ? 1_000 : EMMETT_EVENTS,
      );
      const found: Besides = { alone: [], beside: [], peakMb: [] };
      const wanted = parties(hall.seatIds, 1, 1);
      const foreground = async (run: string, until?: Promise<unknown>) =>
        foregroundP99(engine.url, await makeShow(engine.url, hall), wanted, run, until);
      const fairseat: Side = {
        name: 'fairseat, with live writes',
        async run(round) {
          const alone = await foreground(`alone-${round}`);
          const rebuilding = rebuildHolds(databaseUrl, events / 2);
          const beside = await foreground(`beside-${round}`, rebuilding);
          const { seconds, peakMb } = await rebuilding;
          if (round > 0) {
            found.alone.push(alone);
            found.beside.push(beside);
            found.peakMb.push(peakMb);
          }
          return { value: events / seconds };
        },
      };
      const [rebuilt] = await race(bench, {
        title: `Rebuild of the view of holds from ${events.toLocaleString('en')} events`,
        unit: 'events/s',
        sides: [fairseat, reading(databaseUrl), emmett],
        asked: { [READING]: 0.3 },
      });
      await checkRebuilt(databaseUrl);
      reportBesides(bench, found, rebuilt!.value);
      await raceMaps(bench, { engine, databaseUrl, showIds, reading: reading(databaseUrl) });
    } finally {
      await engine.kill();
      await postgres.stop();
    }
  },
};

interface Besides {
  readonly alone: number[];
  readonly beside: number[];
  readonly peakMb: number[];
}

function reportBesides(bench: Bench, found: Besides, perSecond: Spread): void {
  const disk = bench.disk.name;
  const ratios = found.beside.map((ms, n) => ms / found.alone[n]!);
  const title = `Rebuild, ${FOREGROUND_PER_SECOND} holds/s beside it`;
  bench.report.figure({
    title,
    what: 'events of the log',
    unit: 'events/s',
    disk,
    value: perSecond,
    asked: { atLeast: 50_000 },
  });
  bench.report.figure({
    title,
    what: 'peak memory (RSS)',
    unit: 'MB',
    disk,
    value: spread(found.peakMb),
    asked: { atMost: 512 },
  });
  bench.report.figure({
    title,
    what: 'p99 of the holds without it',
    unit: 'ms',
    disk,
    value: spread(found.alone),
  });
  bench.report.figure({
    title,
    what: 'p99 of the holds with it',
    unit: 'ms',
    disk,
    value: spread(found.beside),
  });
  bench.report.figure({
    title,
    what: 'p99 with it to without',
    unit: '×',
    disk,
    value: spread(ratios),
    asked: { atMost: 1.5 },
  });
}

/** Holds at a steady rate for two seconds, or until something is done; their p99 in ms. */
async function foregroundP99(
  url: string,
  showId: string,
  wanted: readonly Party[],
  run: string,
  until: Promise<unknown> = Promise.resolve(),
): Promise<number> {
  const latencies: number[] = [];
  let isDone = false;
  void until.then(() => (isDone = true));
  const each = FOREGROUND_PER_SECOND * 2;
  for (let at = 0; at === 0 || (!isDone && at + each <= wanted.length); at += each) {
    const part = wanted.slice(at, at + each);
    const result = await load({
      url,
      connections: FOREGROUND_CONNECTIONS,
      requests: holdRequests(`/v1/shows/${showId}/holds`, part, `${run}-${at}`),
      perSecond: FOREGROUND_PER_SECOND,
    });
    if (result.byStatus['201'] !== part.length) throw new Error(JSON.stringify(result.byStatus));
    latencies.push(...result.latenciesMs);
  }
  const acknowledged = Uint16Array.from(wanted, (_, n) => (n < latencies.length ? 201 : 0));
  await checkHolds(url, showId, wanted, acknowledged);
  return percentile(latencies, 0.99);
}

/** `fairseat projections rebuild`, the process that an operator starts; throws when the new view has fewer rows. */
export async function rebuildHolds(databaseUrl: string, rowsAtLeast: number): Promise<Rebuilt> {
  const rebuilt = await ended(['src/main.mjs', 'projections', 'rebuild', 'holds'], databaseUrl);
  const { text } = await ended(['src/main.mjs', 'projections', 'list', '--json'], databaseUrl);
  const views = JSON.parse(text) as { name: string; rows: number }[];
  const rows = views.find(({ name }) => name === 'holds')?.rows ?? 0;
  if (rows < rowsAtLeast) throw new Error(`the rebuilt view has ${rows} rows, not ${rowsAtLeast}`);
  return rebuilt;
}

/** Row by row: a view that was rebuilt and served since is what a further rebuild makes of the log. */
export async function checkRebuilt(databaseUrl: string): Promise<void> {
  const command = ['src/main.mjs', 'projections', 'rebuild', 'holds', '--verify', '--json'];
  const { text } = await ended(command, databaseUrl);
  const [{ identical } = { identical: null }] = JSON.parse(text) as { identical: boolean | null }[];
  if (identical !== true) throw new Error(`the view differs from its rebuild: ${text}`);
}

/** Of its own log, with nothing beside it; per event it costs the same however many there are. */
async function emmettRebuild(databaseUrl: string, events: number): Promise<Side> {
  const script = 'bench/baselines/emmett-rebuild.ts';
  await ended([script, 'write', String(events), String(SHOWS)], databaseUrl);
  return {
    name: `emmett-postgresql, ${events.toLocaleString('en')} events`,
    async run() {
      const { seconds } = await ended([script, 'rebuild', String(events)], databaseUrl);
      return { value: events / seconds };
    },
  };
}

interface Rebuilt {
  readonly seconds: number;
  /** Of its resident memory. */
  readonly peakMb: number;
}

interface Ended extends Rebuilt {
  /** What it printed. */
  readonly text: string;
}

/** Runs a script on a database to its end. */
function ended(command: readonly string[], databaseUrl: string): Promise<Ended> {
  const began = performance.now();
  const child = spawn(process.execPath, command, {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [text, peakMb] = ['', 0];
  child.stdout.on('data', (chunk) => (text += chunk));
  const watch = setInterval(() => (peakMb = peakOf(child.pid!) ?? peakMb), 100);
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ seconds: (performance.now() - began) / 1_000, peakMb, text });
      else reject(new Error(`${command.join(' ')} ended with ${code}`));
    });
  });
}

/** Undefined once the process has ended. */
function peakOf(pid: number): number | undefined {
  try {
    const kb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1_024;
  } catch {
    return undefined;
  }
}

const READING = `reading by ${PAGE}`;

/** Every event, parsed, by keyset: what no rebuild can do without. */
export const reading = (databaseUrl: string): Side => ({ name: READING, run: () => readAll(databaseUrl) });

async function readAll(databaseUrl: string): Promise<{ value: number }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const began = performance.now();
  let [read, position] = [0, '0'];
  for (;;) {
    const { rows } = await client.query<{ position: string }>({
      name: 'page',
      text: 'SELECT position, stream, revision, id, type, data, metadata FROM events WHERE position > $1 ORDER BY position LIMIT $2',
      values: [position, PAGE],
    });
    read += rows.length;
    if (rows.length < PAGE) break;
    position = rows.at(-1)!.position;
  }
  await client.end();
  return { value: read / ((performance.now() - began) / 1_000) };
}
