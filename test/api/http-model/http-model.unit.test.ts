// Random histories of a show over HTTP, by two processes on one log: every answer, every offer, the map and the page after
// every command are those of a show that is told naively, in lists and loops.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { soldBefore } from '../../domain/show/naive-steps.ts';
import { COMMANDS, commandOf, lookAtAll } from './commands.ts';
import { Model } from './judge.ts';
import { House } from './real-show.ts';

/** `HTTP_MODEL_RUNS=5000`: the long form. */
const given = process.env['HTTP_MODEL_RUNS'];
const RUNS = Number(given ?? 500);
const COMMANDS_MAX = 100;
/** On a busy machine there are fewer. */
const MS_MAX = given === undefined ? 25_000 : Infinity;

/** A comparison of shows where nothing happens proves nothing; in fewer histories it may not have happened. */
const OFTEN = ['replayed', '409 SeatsUnavailable', '409 ReservedForWaitlist', '409 TicketLimitExceeded'];
const FEW_RUNS = 100;
/** From the first failure on, for a shorter one. */
const SHRINK_MS_MAX = 20_000;

const house = new House();
beforeAll(() => house.start());
afterAll(() => house.stop());

const timeout = MS_MAX + SHRINK_MS_MAX + 60_000;

test('a show over HTTP is the show that is told naively', { timeout }, async () => {
  let until = performance.now() + MS_MAX;
  let failed = false;
  const seen = new Map<string, number>();
  let [runs, commands] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.noBias(fc.commands(COMMANDS, { maxCommands: COMMANDS_MAX, size: 'max' })),
      async (drawn) => {
        if (performance.now() > until) return;
        const real = await house.openShow();
        const model = new Model(house.clock.now());
        try {
          for (const one of soldBefore) await commandOf(one).run(model, real);
          await fc.asyncModelRun(() => ({ model, real }), drawn);
          await lookAtAll(model, real);
        } catch (error) {
          if (!failed) until = performance.now() + SHRINK_MS_MAX;
          failed = true;
          throw error;
        }
        runs += 1;
        for (const outcome of model.outcomes) {
          commands += 1;
          seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        }
      },
    ),
    { numRuns: RUNS },
  );
  console.log(
    `${runs} histories, ${commands} requests judged:`,
    Object.fromEntries([...seen].sort((a, b) => b[1] - a[1])),
  );
  if (runs < FEW_RUNS) return;
  for (const often of OFTEN) expect(seen.get(often) ?? 0, often).toBeGreaterThan(2);
});
