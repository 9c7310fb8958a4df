// Moving house by the command line, as docs/operating.md tells it: front ends go on with their keys, holds and retries.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { done, keyWith, openHall } from '../api/hall.ts';
import { startEngine, type RunningEngine } from '../api/running-engine.ts';
import { createDatabase } from '../support/postgres.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');

async function started(databaseUrl?: string): Promise<RunningEngine> {
  const engine = await startEngine(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl });
  onTestFinished(() => engine.stop());
  return engine;
}

async function logCopy(from: string, to: string): Promise<string> {
  const env = { PATH: process.env['PATH'] };
  const args = [MAIN, 'log', 'copy', '--from', from, '--to', to];
  return (await promisify(execFile)(process.execPath, args, { env })).stdout;
}

/** What psql's \copy does with the table between two databases. */
async function carryKeys(from: string, to: string): Promise<void> {
  const [old, next] = [openDatabase(from, { poolMax: 1 }), openDatabase(to, { poolMax: 1 })];
  const { rows } = await sql<{ keys: string }>`select jsonb_agg(k)::text as keys from api_keys k`.execute(
    old.db,
  );
  await sql`insert into api_keys select * from jsonb_populate_recordset(null::api_keys, ${rows[0]!.keys}::jsonb)`.execute(
    next.db,
  );
  await Promise.all([old.close(), next.close()]);
}

test(
  'log copy says that keys are to be carried along; a front end then finds its hold, and no second one',
  { timeout: 60_000 },
  async () => {
    const old = await started();
    const hall = await openHall(old.call);
    const { secret: key } = await keyWith(old.call, ['book']);
    const wish = { key, idem: 'a-wish', body: { customerId: 'ada', seats: ['A-1'] } };
    const { hold } = await done(old.call('POST', `${hall.path}/holds`, wish), 201);

    const next = await createDatabase();
    onTestFinished(() => next.drop());
    expect(await logCopy(old.databaseUrl, next.url)).toContain('API keys are not in it');
    await carryKeys(old.databaseUrl, next.url);

    const { call } = await started(next.url);
    const again = await call('POST', `${hall.path}/holds`, wish);
    expect([again.status, again.body.hold?.id]).toEqual([201, hold.id]);
    const confirmed = call('POST', `${hall.path}/holds/${hold.id}/confirm`, { key, body: {} });
    expect((await done(confirmed, 201)).booking.holdId).toBe(hold.id);
  },
);
