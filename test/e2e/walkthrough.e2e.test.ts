// The walkthrough is part of the tests: whatever it says in plain words is asserted, on the real server with the demo.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { startEmbedded } from '../../src/profiles/embedded.ts';
import type { RunningEngine } from '../../src/profiles/running.ts';
import { createDatabase } from '../support/postgres.ts';
import { FrontEnd } from './walkthrough/front-end.ts';
import { walkThrough } from './walkthrough/story.ts';

const KEY = 'fs_walkthrough_key_of_no_value';
let database: Awaited<ReturnType<typeof createDatabase>>;
let engine: RunningEngine;

beforeAll(async () => {
  database = await createDatabase();
  engine = await startEmbedded(
    loadConfig({ PORT: '0', DATABASE_URL: database.url, ADMIN_API_KEY: KEY, LOG_LEVEL: 'error' }),
  );
});
afterAll(async () => {
  await engine.stop();
  await database.drop();
});

it('the story of the walkthrough comes true', async () => {
  const told: string[] = [];
  await walkThrough(new FrontEnd(engine.url, KEY), (line) => told.push(line));
  expect(told.at(-1)).toContain('Everything was as it should be.');
});
