// The log of a process whose disk is full.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const FULL = '/dev/full';
const MODULE = new URL('../../src/profiles/logging.ts', import.meta.url).href;
const LOGS = `
  const { createLogger } = await import(${JSON.stringify(MODULE)});
  const logger = await createLogger({ logLevel: 'info' });
  for (let i = 0; i < 100_000; i++) logger.info('Selling.');
  setTimeout(() => console.error(process.memoryUsage().heapUsed < 100e6 ? 'sells on' : 'has kept it all'), 100);
`;

it.skipIf(!existsSync(FULL))('a log that finds no room on the disk does not end the process', async () => {
  const full = openSync(FULL, 'w');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', LOGS], {
    stdio: ['ignore', full, 'pipe'],
  });
  closeSync(full);
  expect(await text(child.stderr!)).toBe('sells on\n');
});
