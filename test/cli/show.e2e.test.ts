// `fairseat show inspect` of a show there is, beside a server on the same database.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { openHall } from '../api/hall.ts';
import { startEngine } from '../api/running-engine.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');

it('show inspect takes an id in capitals, as HTTP does', { timeout: 60_000 }, async () => {
  const engine = await startEngine();
  onTestFinished(() => engine.stop());
  const { showId } = await openHall(engine.call, { seats: 3 });
  const capitals = showId.toUpperCase();
  expect(capitals).not.toBe(showId);
  const env = { PATH: process.env['PATH'], DATABASE_URL: engine.databaseUrl };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [MAIN, 'show', 'inspect', capitals, '--json'],
    { env },
  );
  expect(JSON.parse(stdout)).toMatchObject({ id: showId, show: { status: 'onSale' } });
});
