// `fairseat projections list | rebuild`: how far the views are, and building one anew beside the one that serves.
import type { Command } from 'commander';
import { PROJECTION_NAMES, type ProjectionName } from '../projections/projection.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { RebuildRefused, type Rebuilt } from '../projections/rebuild.ts';
import { printJson, printLine, printTable, progress, type OutputOptions } from './output.ts';
import { withEngine, type Session } from '../profiles/command-line.ts';

export function addProjectionCommands(program: Command): void {
  const projections = program.command('projections').description('the views that are computed from the log');
  projections
    .command('list')
    .description('every projection: generation, position, lag, rows')
    .option('--json', 'print as JSON')
    .action((options: OutputOptions) => withEngine((session) => list(session, options)));
  projections
    .command('rebuild')
    .description('build projections anew beside the ones that serve, then switch')
    .argument('<name...>', `one or more of ${PROJECTION_NAMES.join(', ')}, or all`)
    .option(
      '--verify',
      'compare every row with the generation that served, at the same position; fail when they differ',
    )
    .option('--json', 'print as JSON')
    .action((names: string[], options: OutputOptions & { verify?: boolean }) =>
      withEngine((session) => rebuildAll(session, names, options)),
    );
}

async function list({ engine }: Session, { json }: OutputOptions): Promise<void> {
  const listed = await engine.projector.list();
  if (json) return printJson(listed);
  const rows = listed.map((p) => [
    p.name,
    p.status,
    p.generation,
    p.version,
    p.position,
    p.lag,
    p.rows,
    p.parkedStreams,
  ]);
  printTable(['projection', 'status', 'generation', 'version', 'position', 'lag', 'rows', 'parked'], rows);
}

async function rebuildAll(
  { engine }: Session,
  names: string[],
  options: OutputOptions & { verify?: boolean },
): Promise<void> {
  const unknown = names.find((name) => name !== 'all' && !isName(name));
  if (unknown !== undefined)
    throw new StartRefused(
      `There is no projection ${unknown}; there are ${PROJECTION_NAMES.join(', ')}, or all.`,
    );
  const wanted = names.includes('all') ? [...PROJECTION_NAMES] : names.filter(isName);
  const rebuilt: Rebuilt[] = [];
  for (const name of wanted) {
    const bar = progress(`Rebuilding ${name}`);
    const onProgress = ({
      done,
      total,
      perSecond,
      secondsLeft,
    }: {
      done: number;
      total: number;
      perSecond: number;
      secondsLeft: number;
    }): void =>
      bar.update(done, total, `${Math.round(perSecond)} events/s, ${Math.ceil(secondsLeft)} s left`);
    const result = await engine.projector
      .rebuild(name, { onProgress, verify: options.verify === true })
      .catch(refused);
    bar.end();
    rebuilt.push(result);
    if (!options.json) printLine(sentence(result));
  }
  if (options.json) printJson(rebuilt);
  if (rebuilt.some((r) => r.identical === false)) process.exitCode = 1;
}

const isName = (name: string): name is ProjectionName =>
  (PROJECTION_NAMES as readonly string[]).includes(name);

function refused(error: unknown): never {
  throw error instanceof RebuildRefused ? new StartRefused(error.message) : error;
}

function sentence({ name, generation, events, ms, identical }: Rebuilt): string {
  const compared = {
    true: ' Every row is as it was.',
    false: ' It DIFFERS from what served before.',
    null: '',
  }[String(identical)];
  return `${name} is generation ${generation}: ${events} events in ${(ms / 1000).toFixed(1)} s.${compared}`;
}
