// `npm run bench` runs every scenario, `npm run bench -- NAME …` some. `--quick` small, for the checks alone; `--rounds N`
// (default 5); `--disk plain|slow|both` (default both, where a scenario is about durable writes); `--report FILE`.
import { parseArgs } from 'node:util';
import { wholeNumber } from '../test/support/whole-number.ts';
import { plainDisk, slowDisk } from './harness/disk.ts';
import { machine } from './harness/machine.ts';
import { Report } from './harness/report.ts';
import { scenarios } from './scenarios.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    disk: { type: 'string', default: 'both' },
    report: { type: 'string' },
  },
});
const rounds = wholeNumber('rounds', values.rounds ?? (values.quick ? '1' : '5'));
const unknown = positionals.find((name) => !(name in scenarios));
if (unknown !== undefined) {
  console.error(`There is no scenario ${unknown}. There are:`);
  for (const [name, { what }] of Object.entries(scenarios)) console.error(`  ${name.padEnd(22)} ${what}`);
  process.exit(2);
}

// So that what was started is ended as well.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.setMaxListeners(0);

const report = new Report();
const began = new Date();
for (const name of positionals.length > 0 ? positionals : Object.keys(scenarios)) {
  const scenario = scenarios[name]!;
  const run = async (disk: typeof plainDisk) => {
    console.error(`${name}, ${disk.name} …`);
    await scenario.run({ rounds, quick: values.quick, disk, report });
  };
  if (values.disk !== 'slow' || !scenario.bothDisks) await run(plainDisk);
  if (values.disk === 'plain' || !scenario.bothDisks) continue;
  const slow = slowDisk();
  if ('missing' in slow) report.notRun(`${name} with a slower fsync`, slow.missing);
  else await run(slow);
}
if (values.report)
  report.write(values.report, { ...machine(), began: began.toISOString(), quick: values.quick });
