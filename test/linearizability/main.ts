// `npm run histories`: records every scenario on real processes and judges it. `-- NAME …` only those whose names begin so,
// `--operations N` of all together, `--seed S`, `--check FILE` judges a kept history again.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../support/whole-number.ts';
import { faultsText, judge } from './checker/verdict.ts';
import { loadHistory } from './history.ts';
import { reportText, runScenario, summaryOf, type RunReport } from './run.ts';
import { SCENARIOS } from './scenarios.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    operations: { type: 'string', default: '204000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    check: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
// So that what ends with this process (engines, Postgres) ends now.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
process.exitCode = values.check === undefined ? await recordAll() : checkAgain(values.check);

async function recordAll(): Promise<number> {
  const scenarios = SCENARIOS.filter(
    ({ name }) => positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted)),
  );
  const operations = Math.ceil(wholeNumber('operations', values.operations) / SCENARIOS.length);
  const seed = wholeNumber('seed', values.seed, 0);
  if (scenarios.length === 0) {
    console.error(`No scenario begins so; there are:\n${SCENARIOS.map(({ name }) => name).join('\n')}`);
    return 2;
  }
  const reports: RunReport[] = [];
  for (const [n, scenario] of scenarios.entries()) {
    const options = { operations, seed: seed + n, secondsMax: 240, keepIn: keepIn() };
    const report = await runScenario(scenario, options);
    reports.push(report);
    console.error(reportText(report));
  }
  const summary = summaryOf(reports, seed);
  if (values.json) console.log(JSON.stringify(summary));
  const { histories, requests, operations: judged, secondsOfJudging, failed } = summary;
  console.error(
    `${histories} histories, ${requests} requests, ${judged} operations judged in ${secondsOfJudging} s; ${failed} failed (seed ${seed})`,
  );
  return failed === 0 ? 0 : 1;
}

function checkAgain(file: string): number {
  const verdict = judge(loadHistory(file));
  console.log(verdict.linearizable ? `linearizable (${verdict.ms} ms)` : faultsText(verdict));
  return verdict.linearizable ? 0 : 1;
}

function keepIn(): string {
  return join(import.meta.dirname, '..', '..', 'data', 'histories');
}
