// `fairseat projections list | rebuild | forget | parked | retry`: how far the views are, building one anew beside the one that
// serves, and taking back what a view could not handle.
import type { Command } from 'commander';
import { FOLDED, PROJECTION_NAMES, type ProjectionName } from '../projections/projection.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { assertMadeFrom, forgetViews } from '../projections/origin.ts';
import { isPoison } from '../projections/parking.ts';
import { RebuildRefused, type Rebuilt } from '../projections/rebuild.ts';
import { knownName } from './known-names.ts';
import { printJson, printLine, printTable, progress, type OutputOptions } from './output.ts';
import { withEngine, type Session } from '../profiles/command-line.ts';

type RebuildName = ProjectionName | 'all';

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
    .argument(
      '<name...>',
      `one or more of ${PROJECTION_NAMES.join(', ')}, or all`,
      (name: string, before?: readonly RebuildName[]) => [
        ...(before ?? []),
        knownName('projection', name, [...PROJECTION_NAMES, 'all']),
      ],
    )
    .option(
      '--verify',
      'compare every row with the generation that served, at the same position; fail when they differ',
    )
    .option('--json', 'print as JSON')
    .action((names: RebuildName[], options: OutputOptions & { verify?: boolean }) =>
      withEngine((session) => rebuildAll(session, names, options)),
    );
  projections
    .command('forget')
    .description(
      'forget every view, so that the next start makes them anew from the log that is set; stop every process before',
    )
    .action(() => withEngine(forget));
  addParkingCommands(projections);
}

async function forget({ engine }: Session): Promise<void> {
  await forgetViews(engine.database.db);
  printLine(
    'The views are forgotten; the next start makes them anew. If they are fed by Kafka, give KAFKA_TOPIC another name.',
  );
}

function addParkingCommands(projections: Command): void {
  projections
    .command('parked')
    .description('streams that a projection has set aside because one of their events could not be handled')
    .option('--json', 'print as JSON')
    .action((options: OutputOptions) => withEngine((session) => listParked(session, options)));
  projections
    .command('retry')
    .description('handle what a parked stream has missed, and take it back')
    .argument('<name>', `one of ${PROJECTION_NAMES.join(', ')}`, (name) =>
      knownName('projection', name, PROJECTION_NAMES),
    )
    .argument('<stream>', 'the parked stream, as `fairseat projections parked` names it')
    .option('--skip-first', 'leave out the event that could not be handled, until the next rebuild')
    .option('--json', 'print as JSON')
    .action((name: ProjectionName, stream: string, options: OutputOptions & { skipFirst?: boolean }) =>
      withEngine((session) => retry(session, name, stream, options)),
    );
}

async function listParked({ engine }: Session, { json }: OutputOptions): Promise<void> {
  const parked = await engine.projector.parked();
  if (json) return printJson(parked);
  if (parked.length === 0) return printLine('No stream is parked.');
  const rows = parked.map((p) => [
    p.projection,
    p.stream,
    p.revision,
    p.position,
    p.type,
    new Date(p.parkedAt).toISOString(),
    p.error,
  ]);
  printTable(['projection', 'stream', 'revision', 'position', 'type', 'parked', 'error'], rows);
}

async function retry(
  { engine }: Session,
  name: ProjectionName,
  stream: string,
  { skipFirst = false, json }: OutputOptions & { skipFirst?: boolean },
): Promise<void> {
  if (skipFirst && FOLDED.has(name))
    throw new StartRefused(
      `${name} counts by every event of a stream, so that none can be left out: mend the projection, then retry without --skip-first.`,
    );
  const retried = await engine.projector
    .retryParked(name, stream, { skipFirst })
    .catch((error: unknown) => stillParked(name, stream, error));
  if (!retried)
    throw new StartRefused(
      `${name} has not parked ${stream}; \`fairseat projections parked\` lists what is parked.`,
    );
  if (json) return printJson({ projection: name, stream, skipFirst });
  printLine(
    `${name} has taken back ${stream}${skipFirst ? ', without the event that could not be handled' : ''}.`,
  );
}

function stillParked(name: ProjectionName, stream: string, error: unknown): never {
  if (!isPoison(error)) throw error;
  const or = FOLDED.has(name) ? '' : ', or leave its first event out with --skip-first';
  throw new StartRefused(
    `${stream} stays parked: ${name} still cannot handle it (${(error as Error).message}). Mend the projection${or}.`,
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
  names: readonly RebuildName[],
  options: OutputOptions & { verify?: boolean },
): Promise<void> {
  const wanted = names.includes('all') ? PROJECTION_NAMES : names.filter((name) => name !== 'all');
  await assertMadeFrom(engine.database.db, engine.log);
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
      .catch(refused)
      .finally(() => bar.end());
    rebuilt.push(result);
    if (!options.json) printLine(rebuiltSentence(result, options.verify === true));
  }
  if (options.json) printJson(rebuilt);
  if (rebuilt.some((r) => r.identical === false)) process.exitCode = 1;
}

function refused(error: unknown): never {
  throw error instanceof RebuildRefused ? new StartRefused(error.message) : error;
}

/** What is said of a view that was rebuilt; `verify`: that it be compared was asked for. */
export function rebuiltSentence(
  { name, generation, events, ms, identical }: Omit<Rebuilt, 'position'>,
  verify: boolean,
): string {
  const compared = {
    true: ' Every row is as it was.',
    false: ' It DIFFERS from what served before.',
    null: verify
      ? ' It was NOT compared, for events came meanwhile: verify it again while less happens.'
      : '',
  }[String(identical)];
  return `${name} is generation ${generation}: ${events} events in ${(ms / 1000).toFixed(1)} s.${compared}`;
}
