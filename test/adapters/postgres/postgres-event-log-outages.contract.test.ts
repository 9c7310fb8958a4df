// The event log on Postgres when connections break and when Postgres itself is killed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-server.ts';
import { migrate } from '../../../src/adapters/postgres/migrator.ts';
import { PostgresEventLog } from '../../../src/adapters/postgres/postgres-event-log.ts';
import type { EventLog } from '../../../src/ports/event-log.ts';
import { NO_STREAM } from '../../../src/ports/event-log.ts';
import {
  eventsOf,
  idsOf,
  newEvent,
  newEvents,
  newStream,
  positionsOf,
} from '../../contracts/event-log/sample-events.ts';
import { borneOut, followed, writeUntilStopped } from '../../contracts/event-log/through-crashes.ts';
import { signal } from '../../linearizability/world/processes.ts';
import { temporaryFolder } from '../../support/temp-folder.ts';
import { holdSlowAppends, logDatabase, waitingForLocks } from './event-log-database.ts';
import { unreliableLine } from './unreliable-line.ts';

describe('a connection that breaks in the middle of an append', () => {
  test('the append is sent again and written once', async () => {
    const database = await logDatabase();
    const log = database.openLog();
    const client = await database.connect();
    const release = await holdSlowAppends(client);
    const stream = newStream();
    const events = [newEvent({}, 'Slow'), newEvent()];
    const append = log.append(stream, NO_STREAM, events);
    await waitingForLocks(client, 1);
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'fairseat log append'`,
    );
    await release();
    expect(await append).toEqual({ kind: 'appended', revision: 1, position: 2 });
    expect(idsOf(await eventsOf(log, stream))).toEqual(idsOf(events));
    expect(await log.append(stream, 1, newEvents(1))).toMatchObject({
      kind: 'appended',
      revision: 2,
      position: 3,
    });
  });

  test('an answer lost after the commit is found again, and subscribers get the events once', async () => {
    const database = await logDatabase();
    const line = await unreliableLine(database.url);
    const [log, witness] = [database.openLog(line.url), database.openLog()];
    const stop = new AbortController();
    const seen: string[] = [];
    const following = log.subscribeAll(0, (events) => void seen.push(...idsOf(events)), {
      signal: stop.signal,
    });
    const stream = newStream();
    const events = newEvents(3);
    const first = await log.append(stream, NO_STREAM, events.slice(0, 1));

    line.loseAnswers();
    const append = log.append(stream, 0, events.slice(1));
    await expect.poll(() => eventsOf(witness, stream)).toHaveLength(3);
    line.cut();
    line.mend();
    expect(first).toEqual({ kind: 'appended', revision: 0, position: 1 });
    expect(await append).toEqual({ kind: 'appended', revision: 2, position: 3 });
    await expect.poll(() => seen).toEqual(idsOf(events));
    stop.abort();
    await following;
  });

  test('an outcome that stays unknown is said to be so, and reading the stream settles it', async () => {
    const database = await logDatabase();
    const line = await unreliableLine(database.url);
    const [log, witness] = [database.openLog(line.url), database.openLog()];
    const [written, lost] = [newStream(), newStream()];
    const events = newEvents(2);
    await log.append(lost, NO_STREAM, newEvents(1));

    line.loseAnswers();
    const append = log.append(written, NO_STREAM, events);
    const waiting = log.append(lost, 0, newEvents(1));
    const verdicts = Promise.allSettled([append, waiting]);
    await expect.poll(() => eventsOf(witness, written)).toHaveLength(2);
    line.cut();
    expect(await verdicts).toMatchObject([
      { status: 'rejected', reason: { name: 'Fault', code: 'AppendUnknown', outcome: 'unknown' } },
      { status: 'rejected', reason: { name: 'Fault', code: 'EventLogUnavailable', outcome: 'none' } },
    ]);
    line.mend();
    expect(idsOf(await eventsOf(log, written))).toEqual(idsOf(events));
    expect(await eventsOf(log, lost)).toHaveLength(1);
    expect(await log.append(written, NO_STREAM, events)).toMatchObject({ kind: 'appended', revision: 1 });
    expect(await log.append(lost, 0, newEvents(1))).toMatchObject({ kind: 'appended', revision: 1 });
  });
});

describe('while Postgres cannot be reached', () => {
  test('appends, checks and reads fail at once, saying that nothing was written', async () => {
    const log = new PostgresEventLog('postgres://nobody@127.0.0.1:1/nothing');
    onTestFinished(() => log.close());
    const unavailable = {
      name: 'Fault',
      code: 'EventLogUnavailable',
      outcome: 'none',
      message: expect.stringContaining('ECONNREFUSED'),
    };
    await expect(log.append(newStream(), NO_STREAM, newEvents(1))).rejects.toMatchObject(unavailable);
    await expect(log.append(newStream(), NO_STREAM, [])).rejects.toMatchObject(unavailable);
    await expect(eventsOf(log, newStream())).rejects.toMatchObject(unavailable);
    await expect(log.readAll(0, 1)).rejects.toMatchObject(unavailable);
    await expect(log.lastPosition()).rejects.toMatchObject(unavailable);
    await expect(log.now()).rejects.toMatchObject(unavailable);
  });

  test('a closed log refuses appends', async () => {
    const log = (await logDatabase()).openLog();
    await log.append(newStream(), NO_STREAM, newEvents(1));
    const waiting = log.append(newStream(), NO_STREAM, newEvents(1));
    await log.close();
    expect(await waiting).toMatchObject({ kind: 'appended' });
    await expect(log.append(newStream(), NO_STREAM, newEvents(1))).rejects.toMatchObject({
      code: 'ShuttingDown',
      outcome: 'none',
    });
  });
});

describe('kill -9 of Postgres', () => {
  test('nothing acknowledged is lost, unknown outcomes are settled by reading, and the log goes on by itself', async () => {
    const dataDir = temporaryFolder();
    const postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
    const { db, close } = openDatabase(postgres.url, { poolMax: 1 });
    await migrate(db);
    await close();
    const log = new PostgresEventLog(postgres.url);
    onTestFinished(async () => {
      await log.close();
      await postgres.stop();
    });
    const seen = followed(log);
    const writing = new AbortController();
    const writers = Array.from({ length: 8 }, () => writeUntilStopped(log, writing.signal));
    for (let round = 0; round < 2; round += 1) {
      await sleep(300);
      killPostgres(dataDir);
      const killedAt = await lastPosition(log);
      await expect.poll(() => log.lastPosition().catch(() => 0)).toBeGreaterThan(killedAt + 50);
    }
    writing.abort();
    await lastPosition(log);
    await borneOut(log, seen, await Promise.all(writers));
    expect(positionsOf(seen)).toEqual(seen.map((_, index) => index + 1));
  });
});

/** As soon as Postgres answers again. */
function lastPosition(log: EventLog): Promise<number> {
  return vi.waitFor(() => log.lastPosition(), { timeout: 120_000 });
}

/** The postmaster and all its children at once. */
function killPostgres(dataDir: string): void {
  const pid = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
    .map(Number);
  signal([pid, ...children], 'SIGKILL');
}
