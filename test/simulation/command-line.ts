// What `npm run simulate` prints.
import { campaign, type CampaignResult } from './campaign.ts';
import { INVARIANTS, type Violation } from './referee/violation.ts';
import { shrink } from './shrink.ts';
import type { Run } from './world.ts';
import { worldNamed, type World } from './worlds.ts';

/** Seeds between two lines that say how far it is. */
const PROGRESS_EACH = 100;

export interface Options {
  readonly world: string;
  readonly seeds: number;
  readonly from: number;
  /** Of each seed. */
  readonly wishes: number | undefined;
  readonly bug?: string | undefined;
  readonly 'until-failure': boolean;
  readonly tell: boolean;
  readonly counts: boolean;
  readonly json: boolean;
}

/** What a program reads of a campaign. */
export interface Report {
  readonly seeds: number;
  readonly commands: number;
  readonly steps: number;
  readonly repeated: number;
  readonly failures: readonly { readonly seed: number; readonly invariant: number; readonly what: string }[];
  readonly missed: readonly string[];
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** Exit code: 0 where nothing broke and everything was reached. */
export async function simulate(options: Options): Promise<number> {
  const { seeds, from, json } = options;
  const world = worldNamed(options.world);
  const { wishes = world.wishes } = options;
  if (options.tell) return tellAll(world, options, wishes);
  const begunAt = performance.now();
  let [done, commands] = [0, 0];
  const onRun = (run: Run): void => {
    [done, commands] = [done + 1, commands + run.commands];
    if (done % PROGRESS_EACH === 0 && done < seeds)
      console.error(`${done} of ${seeds} seeds, ${commands} commands …`);
  };
  const result = await campaign({
    world,
    from,
    seeds,
    wishes,
    untilFailure: options['until-failure'],
    onRun,
  });
  const report = reportOf(world, result, (performance.now() - begunAt) / 1_000);
  if (json) console.log(JSON.stringify(report));
  else await print(world, report, options, wishes);
  return report.failures.length + report.missed.length === 0 ? 0 : 1;
}

async function tellAll(world: World, { seeds, from }: Options, wishes: number): Promise<number> {
  let broken = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { lines, violation, digest } = await world.run(world.scriptOf(seed, wishes), { tell: true });
    console.log(`seed ${seed}, trace ${digest}\n${lines.join('\n')}`);
    if (violation) console.log(sentence(violation));
    if (violation) broken += 1;
  }
  return broken === 0 ? 0 : 1;
}

function reportOf(world: World, result: CampaignResult, seconds: number): Report {
  const { seeds, commands, steps, repeated, counts } = result;
  const { user, system } = process.cpuUsage();
  return {
    seeds,
    commands,
    steps,
    repeated,
    seconds,
    failures: result.failures.map(({ seed, violation }) => ({
      seed,
      invariant: violation.invariant,
      what: violation.message,
    })),
    missed: world.missed(counts, commands),
    cpuSeconds: (user + system) / 1e6,
    counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

async function print(world: World, report: Report, options: Options, wishes: number): Promise<void> {
  const { seeds, steps, repeated, failures, cpuSeconds, seconds, counts } = report;
  const faults = Object.entries(counts).reduce(
    (sum, [what, times]) => sum + (what.startsWith('fault ') ? times : 0),
    0,
  );
  console.log(
    `${seeds} seeds, ${report.commands} commands, ${steps} steps, ${faults} faults; ${repeated} seeds run twice alike; ` +
      `${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor, ${Math.round(report.commands / seconds)} commands/s`,
  );
  if (options.counts)
    for (const [what, times] of Object.entries(counts)) console.log(`${String(times).padStart(9)}  ${what}`);
  for (const line of report.missed) console.log(`not reached: ${line}`);
  for (const { seed, what } of failures)
    console.log(`seed ${seed}: ${what}\n  replay: ${replay(options, seed, wishes)}`);
  const [first] = failures;
  if (first && !options['until-failure']) await shrunk(world, first.seed, wishes);
}

async function shrunk(world: World, seed: number, wishes: number): Promise<void> {
  const script = world.scriptOf(seed, wishes);
  const { violation } = await world.run(script);
  if (!violation) return;
  const { script: small, runs } = await shrink(world, script, violation.invariant);
  const { lines, violation: still } = await world.run(small, { tell: true });
  const { processes, mishaps, rates } = small;
  console.log(
    `\nseed ${seed}, cut down by ${runs} runs to ${small.wishes.length} wishes, ${mishaps.length} mishaps, ${processes} processes` +
      ` and the faults ${Object.keys(rates).join(', ') || '(none)'}:\n\n${lines.join('\n')}\n`,
  );
  if (still) console.log(sentence(still));
}

const sentence = ({ invariant, message }: Violation): string =>
  `Broken: ${INVARIANTS[invariant]} (invariant ${invariant}).\n${message}`;

const replay = ({ bug, world }: Options, seed: number, wishes: number): string =>
  [
    `npm run simulate -- --from ${seed} --seeds 1`,
    wishes === worldNamed(world).wishes ? '' : ` --wishes ${wishes}`,
    world === 'booking' ? '' : ` --world ${world}`,
    bug === undefined ? '' : ` --bug ${bug}`,
  ].join('');
