// `npm run evidence` runs the long forms of everything that proves or measures, one after another, and writes what each
// reported into docs/evidence/, docs/evidence.md from that, and the figures that README.md quotes.
// `npm run evidence -- NAME …` runs some of them anew; `--write` runs none and writes the page from what is there.
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../bench/harness/machine.ts';
import { scenarios } from '../bench/scenarios.ts';
import { claimsIn, pageOf, type Exhibit } from './evidence/page.ts';

const root = new URL('..', import.meta.url);
const folder = new URL('docs/evidence/', root);
const LAST_LINES = 5;

interface Step {
  readonly title: string;
  /** The npm script, and what follows `--`. */
  readonly script: string;
  readonly args: readonly string[];
  /** With `--report FILE`, or as the last line that it prints: with `--json` as JSON, else in words. */
  readonly reports: 'file' | 'json' | 'words';
}

const benches = Object.entries(scenarios).flatMap(([name, { what, bothDisks }]): [string, Step][] => {
  const step = (disk: string, title: string): Step => ({
    title,
    script: 'bench',
    args: [name, '--disk', disk],
    reports: 'file',
  });
  const slow: [string, Step] = [`bench-${name}-slow-disk`, step('slow', `${what}, each fsync 2 ms longer`)];
  return [[`bench-${name}`, step('plain', what)], ...(bothDisks ? [slow] : [])];
});

/** By name, in the order of the page. */
export const STEPS: Readonly<Record<string, Step>> = {
  simulation: { title: 'Deterministic simulation', script: 'simulate', args: [], reports: 'json' },
  'simulation-distributed': {
    title: 'Deterministic simulation of the distributed profile',
    script: 'simulate',
    args: ['--world', 'distributed', '--seeds', '300'],
    reports: 'json',
  },
  planted: { title: 'Planted bugs', script: 'simulate', args: ['--planted'], reports: 'json' },
  histories: { title: 'Histories of the real server', script: 'histories', args: [], reports: 'json' },
  faults: { title: 'Faults of the distributed profile', script: 'faults', args: [], reports: 'file' },
  attack: { title: 'Attacks', script: 'test', args: ['test/attack'], reports: 'words' },
  ...Object.fromEntries(benches),
};

/** What was reported so far, in the order of the page. */
export function exhibits(): Exhibit[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return Object.entries(STEPS).map(([name, { title }]) =>
    files.includes(`${name}.json`)
      ? (JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Exhibit)
      : { name, title, notRun: 'it was not run yet' },
  );
}

/** The content of each generated file by its path from the root. */
export function evidenceFiles(): Record<string, string> {
  const all = exhibits();
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  return { 'docs/evidence.md': pageOf(all), 'README.md': claimsIn(readme, all) };
}

async function run(name: string, { title, script, args, reports }: Step): Promise<Exhibit> {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    scripts: Record<string, string>;
  };
  if (!(script in scripts)) return { name, title, notRun: `there is no npm script for it` };
  const scratch = mkdtempSync(join(tmpdir(), 'fairseat-evidence-'));
  const report = join(scratch, 'report.json');
  const began = new Date();
  const flags = { file: ['--report', report], json: ['--json'], words: [] }[reports];
  const all = ['run', script, '--', ...args, ...flags];
  const { code, said } = await npm(all);
  const exhibit: Exhibit = {
    name,
    title,
    ...machine(),
    command: `npm run ${script} -- ${args.join(' ')}`.replace(/ -- $/, ''),
    began: began.toISOString(),
    seconds: Math.round((Date.now() - began.getTime()) / 1_000),
    exitCode: code,
    ...(code !== 0 && { lastWords: said.trim().split('\n').slice(-LAST_LINES) }),
    report: reported(
      existsSync(report) ? readFileSync(report, 'utf8') : (said.trim().split('\n').at(-1) ?? ''),
    ),
  };
  rmSync(scratch, { recursive: true });
  return exhibit;
}

function reported(text: string): Record<string, unknown> {
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { result: text };
}

/** Runs npm, shows what it says, and keeps it. */
function npm(args: readonly string[]): Promise<{ code: number; said: string }> {
  const child = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk;
    process.stdout.write(chunk);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? 1, said })));
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'boolean', default: false } },
  });
  const unknown = positionals.find((name) => !(name in STEPS));
  if (unknown !== undefined) {
    console.error(`There is nothing called ${unknown}; there are ${Object.keys(STEPS).join(', ')}.`);
    return 2;
  }
  const names = values.write ? [] : positionals.length > 0 ? positionals : Object.keys(STEPS);
  mkdirSync(folder, { recursive: true });
  let failed = 0;
  for (const name of names) {
    const exhibit = await run(name, STEPS[name]!);
    if (exhibit.exitCode !== undefined && exhibit.exitCode !== 0) failed += 1;
    writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(exhibit, null, 2)}\n`);
  }
  for (const [path, content] of Object.entries(evidenceFiles())) writeFileSync(new URL(path, root), content);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main();
