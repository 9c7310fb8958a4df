// A short history of the real server, with a few of everything that can go wrong; `npm run histories` records the long ones.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loseAnswers, cutLine } from './faults/network-faults.ts';
import { killEngine, killPostgres, pauseEngine } from './faults/process-faults.ts';
import { reportText, runScenario } from './run.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

const MINUTES = 60_000;
const OPERATIONS = 10_000;

/** Two engines on one log, and each of these once. */
const SHORT: Scenario = {
  name: 'short',
  engines: 2,
  faults: [killEngine, cutLine, loseAnswers, pauseEngine, killPostgres],
  strikes: 1,
};

test(
  `${OPERATIONS.toLocaleString('en')} operations while processes die and lines break are linearizable, and borne out by the log`,
  { timeout: 25 * MINUTES },
  async () => {
    const report = await runScenario(SHORT, {
      operations: OPERATIONS,
      seed: 20_261,
      secondsMax: 900,
      keepIn: join(import.meta.dirname, '..', '..', 'data', 'histories'),
    });
    console.log(reportText(report));
    expect(report.complaints).toEqual([]);
    expect(report.requests).toBeGreaterThanOrEqual(OPERATIONS);
  },
);

test('what the long command does and this machine does not permit is named', () => {
  const faults = new Set(SCENARIOS.flatMap(({ faults }) => faults));
  const forbidden = [...faults].flatMap((fault) => {
    const reason = fault.forbidden();
    return reason === null ? [] : [`${fault.name}: not run: ${reason}`];
  });
  console.log(forbidden.length === 0 ? 'every fault can be run here' : forbidden.join('\n'));
  expect(forbidden.length).toBeLessThan(faults.size);
});
