// `npm run faults`: the distributed profile on real servers, all of it in processes of their own; each fault strikes while
// seats are sold, and everything is checked after it. `-- NAME …`: those alone whose names have this in them; `--strikes N`,
// `--operations N`, `--seed S`, `--report FILE`.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../../support/whole-number.ts';
import { runFaults, wholeRunText, type WholeRun } from './run.ts';
import { WHOLE_FAULTS } from './whole-faults.ts';
import { openWholeWorld } from './whole-world.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    operations: { type: 'string', default: '2000' },
    strikes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    report: { type: 'string' },
  },
});
const [operations, strikes] = [
  wholeNumber('operations', values.operations),
  wholeNumber('strikes', values.strikes),
];
const seed = wholeNumber('seed', values.seed, 0);
const chosen = WHOLE_FAULTS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((wanted) => name.includes(wanted)),
);
if (chosen.length === 0) {
  console.error(`No fault is called so; there are:\n${WHOLE_FAULTS.map(({ name }) => name).join('\n')}`);
  process.exit(2);
}
// So that what ends with this process (roles, Postgres) ends now.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

console.error('opening: three brokers, OpenSearch, Postgres, a stand-in for EventStoreDB, seven processes …');
const world = await openWholeWorld();
const runs: WholeRun[] = [];
const atFirst = world.memory();
for (const [n, fault] of chosen.entries()) {
  const options = { seed: seed + n, operations, strikes };
  console.error(`${n + 1} of ${chosen.length}: ${fault.name} …`);
  const run = await runFaults(world, [fault], options).catch((error: unknown) => {
    console.error(`FAILED ${fault.name}: ${String(error)}\n${world.said.slice(-20).join('\n')}`);
    return null;
  });
  if (run === null) break; // whatever it has left behind would be held against the next
  runs.push(run);
  console.error(wholeRunText(run));
}
const inTheEnd = world.memory();
await world.stop();

const memory = Object.entries(inTheEnd).map(([server, mb]) => ({
  server,
  'MB at first': atFirst[server],
  'MB in the end': mb,
}));
for (const { server, ...mb } of memory) console.error(`memory of ${server}: ${JSON.stringify(mb)}`);
const failed = chosen.length - runs.filter(({ complaints }) => complaints.length === 0).length;
if (values.report !== undefined) writeFileSync(values.report, `${JSON.stringify(reportOf(runs), null, 2)}\n`);
console.error(`${chosen.length} faults, ${failed} failed (seed ${seed})`);
process.exit(failed === 0 ? 0 : 1);

function reportOf(all: readonly WholeRun[]): object {
  return {
    servers: 'Kafka (three brokers), OpenSearch, Postgres: real; EventStoreDB: a stand-in',
    struck: all.length,
    failed,
    acknowledged: all.reduce((sum, { answers }) => sum + answers.acknowledged, 0),
    faults: all.map(({ faults, requests, answers, events, messages, seen, complaints }) => ({
      fault: faults,
      requests,
      acknowledged: answers.acknowledged,
      'events in the log': events,
      'messages in Kafka': messages,
      seen: Object.entries(seen)
        .map(([what, value]) => `${what}: ${value}`)
        .join('; '),
      verdict: complaints.length === 0 ? 'well' : complaints.join('; '),
    })),
    memory,
  };
}
