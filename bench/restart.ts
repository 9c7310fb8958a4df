// A crash with a million events in the log: from starting the process again to the first hold acknowledged, the database
// restarted meanwhile or not. The show that is asked for has the longest stream.
import { v7 as uuidv7 } from 'uuid';
import { call, makeHall, makeShow, type Hall } from './harness/hall.ts';
import { ADMIN_KEY, startEngine, startPostgres, type Server } from './harness/processes.ts';
import { PostgresEventLog } from '../src/adapters/postgres/postgres-event-log.ts';
import type { NewEvent } from '../src/domain/event.ts';
import { median } from './harness/rounds.ts';

const APPEND = 250;

export async function restart({ rounds, quick }: { rounds: number; quick: boolean }): Promise<void> {
  const events = quick ? 50_000 : 1_000_000;
  const shows = 50;
  const postgres = await startPostgres();
  const url = await postgres.database('engine');
  let engine: Server = await startEngine(url);
  try {
    const hall = await makeHall(engine.url, 20_000);
    const showIds: string[] = [];
    for (let i = 0; i < shows; i += 1) showIds.push(await makeShow(engine.url, hall));
    await fill(url, showIds, hall, events);
    await untilProjected(engine.url);
    const ms: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await engine.kill('SIGKILL');
      const began = performance.now();
      engine = await startEngine(url);
      await call(engine.url, 'POST', `/v1/shows/${showIds[round % shows]}/holds`, {
        customerId: `r${round}`,
        seats: [hall.seatIds.at(-1 - round)],
      });
      ms.push(performance.now() - began);
      console.error(`  round ${round + 1}/${rounds}: ${Math.round(ms.at(-1)!)} ms`);
    }
    console.log(
      `\nRestart with ${events.toLocaleString('en')} events in the log, ${shows} shows of 20,000 seats`,
    );
    console.log(`  kill -9 -> first hold acknowledged   ${(median(ms) / 1000).toFixed(2)} s (asked ≤ 10 s)`);
  } finally {
    await engine.kill();
    await postgres.stop();
  }
}

/** Holds and releases, spread over the shows, as the engine itself would have written them. */
async function fill(url: string, showIds: readonly string[], hall: Hall, events: number): Promise<void> {
  const log = new PostgresEventLog(url);
  const each = Math.ceil(events / showIds.length);
  await Promise.all(
    showIds.map(async (showId) => {
      let revision = await lastRevision(log, `show-${showId}`);
      for (let written = 0; written < each; written += APPEND) {
        const batch = Array.from({ length: APPEND / 2 }, (_, i) => turnover(hall, written + i)).flat();
        const result = await log.append(`show-${showId}`, revision, batch);
        if (result.kind !== 'appended')
          throw new Error('somebody else writes to the shows of this benchmark');
        revision = result.revision;
      }
    }),
  );
  await log.close();
}

async function lastRevision(log: PostgresEventLog, stream: string): Promise<number> {
  let revision = -1;
  for await (const page of log.readStream(stream, 0)) revision = page.at(-1)!.revision;
  return revision;
}

/** One hold, and its release a moment later. */
function turnover(hall: Hall, n: number): NewEvent[] {
  const holdId = uuidv7();
  const seats = [hall.seatIds[n % (hall.seatIds.length - 1_000)]!];
  const at = new Date().toISOString();
  const by = (commandId: string, requestHash: string) => ({
    commandId,
    requestHash,
    actor: 'client:bench',
    correlationId: commandId,
    causationId: commandId,
    at,
  });
  const until = new Date(Date.now() + 600_000).toISOString();
  const held = {
    holdId,
    clientId: 'bench',
    customerId: `c${n}`,
    seats,
    areas: [],
    total: { amount: 100, currency: 'EUR' },
    until,
  };
  return [
    { id: uuidv7(), type: 'SeatsHeld', data: held, metadata: by(holdId, 'abcdefghijklmnopqrstuv') },
    { id: uuidv7(), type: 'HoldReleased', data: { holdId, seats, areas: [] }, metadata: by(uuidv7(), '') },
  ];
}

async function untilProjected(url: string): Promise<void> {
  for (;;) {
    const metrics = await (
      await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
    ).text();
    const lags = [...metrics.matchAll(/^fairseat_projection_lag_events\{[^}]*\} (\d+)/gm)].map((match) =>
      Number(match[1]),
    );
    if (lags.length > 0 && Math.max(...lags) === 0) return;
    console.error(`  views are ${Math.max(...lags)} events behind`);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
}
