// What a process has begun ends in the opposite order, whatever goes wrong on the way.
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/system-clock.ts';
import { running, untilReady, type Ends } from '../../src/profiles/running.ts';

const logger = pino({ level: 'silent' });

/** Three things begun, of which the second cannot be ended. */
function begin(ends: Ends, ended: string[]): void {
  for (const name of ['database', 'engine', 'server'])
    ends.push(async () => {
      ended.push(name);
      if (name === 'engine') throw new Error('the engine does not end');
    });
}

test('an end that fails leaves nothing else running, and is told', async () => {
  const ended: string[] = [];
  const engine = await running(logger, async (ends) => {
    begin(ends, ended);
    return 'http://127.0.0.1:1';
  });
  await expect(engine.stop()).rejects.toThrow('the engine does not end');
  expect(ended).toEqual(['server', 'engine', 'database']);
});

test('a start that fails says why it failed, not what could not be ended', async () => {
  const ended: string[] = [];
  const starting = running(logger, async (ends) => {
    begin(ends, ended);
    throw new Error('the port is taken');
  });
  await expect(starting).rejects.toThrow('the port is taken');
  expect(ended).toEqual(['server', 'engine', 'database']);
});

test('who is asked to stop does not wait until it is ready', async () => {
  const asked = new AbortController();
  const listening = { url: 'http://127.0.0.1:1', readiness: async () => 'The database does not answer.' };
  const waiting = untilReady({ clock: systemClock, logger }, listening, asked.signal);
  asked.abort();
  expect(await waiting).toBeUndefined();
});
