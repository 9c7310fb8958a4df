// `fairseat doctor`: what an operator looks at first: versions, settings and where they come from, the database, lag, and
// a list of checks, each with its remedy. Exit code 1 when one of them fails.
import type { Command } from 'commander';
import { StartRefused } from '../../ports/start-refused.ts';
import { known, type Check } from './check.ts';
import { checksOf, headOf, logCheck } from './checks.ts';
import { kafkaCheck } from './feed-checks.ts';
import { printJson, printLine, printTable, type OutputOptions } from '../output.ts';
import { configInForce, mistypedInForce, settingsInForce, withEngine } from '../../profiles/command-line.ts';
import { withEventLog } from '../../profiles/event-log-address.ts';

const NODE_MAJOR_MIN = 24;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('versions, settings with their sources, each server, lag, and checks with remedies')
    .option('--json', 'print as JSON')
    .action(doctor);
}

async function doctor({ json }: OutputOptions): Promise<void> {
  const settings = settingsInForce();
  const checks: Check[] = [nodeCheck(), ...nameChecks(), ...(await serverChecks())];
  if (json) printJson({ settings, checks });
  else {
    printTable(
      ['setting', 'value', 'from'],
      settings.map((s) => [s.variable, s.value ?? '', s.source]),
    );
    printTable(
      ['check', '', 'found'],
      checks.map((c) => [c.name, c.ok ? 'ok' : 'FAILS', c.found]),
    );
    for (const { name, remedy } of checks.filter((c) => !c.ok)) printLine(`${name}: ${remedy}`);
  }
  if (checks.some((c) => !c.ok)) process.exitCode = 1;
}

async function serverChecks(): Promise<Check[]> {
  let config: ReturnType<typeof configInForce>;
  try {
    config = configInForce();
  } catch (error) {
    return [failed('settings', error, '')];
  }
  try {
    return await withEngine(checksOf);
  } catch (error) {
    const database = failed('database', error, 'See that the database runs and can be reached.');
    if (config.profile !== 'distributed') return [database];
    // Neither needs the database.
    const log = config.eventstoreUrl;
    return [
      database,
      ...(log === undefined ? [] : [logCheck(await known(withEventLog(log, headOf)))]),
      await kafkaCheck(config, null),
    ];
  }
}

const failed = (name: string, error: unknown, remedy: string): Check => ({
  name,
  ok: false,
  found: (error as Error).message,
  remedy: error instanceof StartRefused ? 'Do what the sentence says.' : remedy,
});

function nodeCheck(): Check {
  const ok = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN;
  return {
    name: 'Node',
    ok,
    found: process.version,
    remedy: `Run through npm, which brings Node ${NODE_MAJOR_MIN} along.`,
  };
}

/** Fails for each variable that was meant for a setting and is not read. */
const nameChecks = (): Check[] =>
  mistypedInForce().map((found) => ({
    name: 'names of settings',
    ok: false,
    found,
    remedy: 'Give the variable the name of the setting, or take it away.',
  }));
