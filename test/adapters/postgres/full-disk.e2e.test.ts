// An embedded Postgres that its own log has driven off a full disk: it cannot start until there is room again.
import { rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-server.ts';
import { runningEmbeddedPostgres } from '../../../src/adapters/postgres/embedded/running.ts';
import { fill, smallDisk, tmpfsForbidden } from '../../linearizability/faults/disk-faults.ts';

const forbidden = tmpfsForbidden();

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // it ends under this client
  await client.connect();
  return client;
}

test.skipIf(forbidden !== null)(
  `a Postgres that a full disk has ended is started again once there is room${forbidden === null ? '' : ` (${forbidden})`}`,
  { timeout: 120_000 },
  async () => {
    const said: string[] = [];
    const disk = smallDisk();
    onTestFinished(() => disk.free());
    const dataDir = join(disk.folder, 'data');
    const postgres = await startEmbeddedPostgres({ dataDir, log: (message) => said.push(message) });
    onTestFinished(() => postgres.stop());
    const client = await connected(postgres.url);
    const ballast = join(disk.folder, 'ballast');
    fill(ballast, statfsSync(disk.folder));

    // The next segment of its log finds no place.
    const FORTY_MB = `select pg_logical_emit_message(true, '', repeat('.', 1000000)) from generate_series(1, 40)`;
    await expect(client.query(FORTY_MB)).rejects.toThrow();
    await expect
      .poll(() => said.filter((line) => line.includes('did not start')).length, { timeout: 30_000 })
      .toBeGreaterThan(1);
    await expect(runningEmbeddedPostgres(dataDir)).rejects.toThrow(
      /whose Postgres .*No space left on device/,
    );
    rmSync(ballast);
    await expect
      .poll(() => connected(postgres.url).then((again) => again.end().then(() => 'answers'), String), {
        timeout: 40_000,
      })
      .toBe('answers');
  },
);
