// `npm run eventstore:stand-in` tells what it takes, and what it does not take, in words.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const MAIN = path.resolve(import.meta.dirname, '../../support/eventstoredb/main.ts');
const ask = (option: string) => spawnSync(process.execPath, [MAIN, option], { encoding: 'utf8' });

it('says how it is used', () => {
  const { status, stdout } = ask('--help');
  expect([status, stdout]).toEqual([
    0,
    'npm run eventstore:stand-in -- [--folder DIR] [--port N] [--nodes N]\n',
  ]);
});

it('refuses an option that it does not know, without a stack', () => {
  const { status, stderr } = ask('--colour');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^Unknown option '--colour'.*\nnpm run eventstore:stand-in/s);
  expect(stderr).not.toMatch(/\n +at /);
});
