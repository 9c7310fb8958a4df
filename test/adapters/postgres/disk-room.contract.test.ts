// A real Postgres on a small disk of its own, filled to the last block: it answers as before, and only this tells.
import { rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, expect, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/postgres/database.ts';
import { whyNoRoom } from '../../../src/adapters/postgres/disk-room.ts';
import { startEmbeddedPostgres } from '../../../src/adapters/postgres/embedded-server.ts';
import { fill, smallDisk, tmpfsForbidden } from '../../linearizability/faults/disk-faults.ts';

const forbidden = tmpfsForbidden();

test.skipIf(forbidden !== null)(
  `a Postgres whose disk is full says so, until there is room again${forbidden === null ? '' : ` (${forbidden})`}`,
  { timeout: 60_000 },
  async () => {
    const disk = smallDisk();
    onTestFinished(() => disk.free());
    const dataDir = join(disk.folder, 'data');
    const postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
    onTestFinished(() => postgres.stop());
    const database = openDatabase(postgres.url, { poolMax: 1 });
    onTestFinished(() => database.close());

    expect(await whyNoRoom(database)).toBe(null);
    const ballast = join(disk.folder, 'ballast');
    fill(ballast, statfsSync(disk.folder));
    expect(await whyNoRoom(database)).toContain('No space left on device');
    rmSync(ballast);
    expect(await whyNoRoom(database)).toBe(null);
  },
);
