// What is misspelled on the command line is named, with what was meant, before anything is opened.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addLogCommands } from '../../src/cli/log-commands.ts';
import { addProjectionCommands } from '../../src/cli/projection-commands.ts';
import { didYouMean } from '../../src/cli/known-names.ts';

const MAIN = path.resolve(import.meta.dirname, '../../src/main.mjs');

/** What is said of arguments that are refused. */
function saidOf(...args: string[]): string {
  let said = '';
  const program = new Command('fairseat');
  const output = { writeErr: (words: string) => void (said += words), writeOut: () => undefined };
  program.exitOverride().configureOutput(output);
  addLogCommands(program);
  addProjectionCommands(program);
  for (const command of program.commands.flatMap((one) => [one, ...one.commands]))
    command.exitOverride().configureOutput(output);
  expect(() => program.parse(args, { from: 'user' })).toThrow();
  return said;
}

it.each(['export', 'tail'])('log %s names an event type that there is not', (command) => {
  expect(saidOf('log', command, '--types', 'SeatsHeld,SeatHeld')).toContain(
    'There is no event type SeatHeld; did you mean SeatsHeld?',
  );
  expect(saidOf('log', command, '--types', 'Mispelled')).toMatch(
    /There is no event type Mispelled; there are AlreadySo, .*OfferExpired\./,
  );
  expect(saidOf('log', command, '--types', ' , ')).toContain('Name at least one event type.');
});

it.each([
  '4be6a2f0-5b0e-4b43-9c35-0d4a3f0f8a11',
  'shows-4be6a2f0-5b0e-4b43-9c35-0d4a3f0f8a11',
  'show-4be6a2f0',
])('log export names a stream that cannot be one: %s', (stream) => {
  expect(saidOf('log', 'export', '--streams', stream)).toContain(
    `${stream} names no stream; streams are named venue-<id>, seating-plan-<id>, event-<id> and show-<id>.`,
  );
});

it('a projection that there is not is named with the one that was meant', () => {
  expect(saidOf('projections', 'rebuild', 'holds', 'serch')).toContain(
    'There is no projection serch; did you mean search?',
  );
  expect(saidOf('projections', 'retry', 'hold', 'show-1')).toContain(
    'There is no projection hold; did you mean holds?',
  );
});

it.each([
  [['improt', 'x.xml'], 'There is no command improt; did you mean import?'],
  [['start', 'foo'], '"fairseat start" takes no foo; settings are environment variables or in .env.'],
])('a command that there is not is named: %j', (args, sentence) => {
  const { stderr, status } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, `fairseat: ${sentence}\n`]);
});

it('what is like nothing is answered with all that there is', () => {
  expect(didYouMean('cow', ['alpha', 'beta'])).toBe('there are alpha, beta.');
  expect(didYouMean('ALPHA', ['alpha', 'beta'])).toBe('did you mean alpha?');
  expect(didYouMean('foo', ['provider-xml'])).toBe('there is provider-xml.');
});
