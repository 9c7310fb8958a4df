// `fairseat doctor`: what an operator looks at first: versions, settings and where they come from, the database, lag, and
// a list of checks, each with its remedy. Exit code 1 when one of them fails.
import type { Command } from 'commander';
import { sql } from 'kysely';
import { identityOf } from '../ports/log-identity.ts';
import { logOfDocuments } from '../ports/search-documents.ts';
import { StartRefused } from '../ports/start-refused.ts';
import { secondsBehind } from './lag.ts';
import { printJson, printLine, printTable, type OutputOptions } from './output.ts';
import { settingsInForce, withEngine, type Session } from '../profiles/command-line.ts';

const NODE_MAJOR_MIN = 24;
const POSTGRES_MIN = 150_000;
const LAG_S_MAX = 60;

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do when it is not. */
  readonly remedy: string;
}

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('versions, settings with their sources, database, lag, and checks with remedies')
    .option('--json', 'print as JSON')
    .action(doctor);
}

async function doctor({ json }: OutputOptions): Promise<void> {
  const settings = settingsInForce();
  const checks: Check[] = [nodeCheck()];
  try {
    checks.push(...(await withEngine(databaseChecks)));
  } catch (error) {
    const refused = error instanceof StartRefused;
    checks.push({
      name: 'database',
      ok: false,
      found: (error as Error).message,
      remedy: refused ? 'Do what the sentence says.' : 'See that the database runs and can be reached.',
    });
  }
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

function nodeCheck(): Check {
  const ok = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN;
  return {
    name: 'Node',
    ok,
    found: process.version,
    remedy: `Run through npm, which brings Node ${NODE_MAJOR_MIN} along.`,
  };
}

async function databaseChecks({ engine, beside, config, search }: Session): Promise<Check[]> {
  const { db } = engine.database;
  const { rows } = await sql<{ version: string; number: number; durable: boolean }>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
      current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as durable`.execute(
    db,
  );
  const { version, number, durable } = rows[0]!;
  const { clockWatch } = engine;
  await clockWatch.check();
  return [
    {
      name: 'Postgres',
      ok: number >= POSTGRES_MIN,
      found: `${version}${beside ? ', in use by a server' : ''}`,
      remedy: 'Use Postgres 15 or newer.',
    },
    {
      name: 'durability',
      ok: durable,
      found: durable ? 'fsync and synchronous_commit are on' : 'commits may be lost in a crash',
      remedy: 'Set fsync and synchronous_commit to on.',
    },
    {
      name: 'clock',
      ok: clockWatch.ready,
      found: skewOf(clockWatch.skewMs),
      remedy: 'Let both machines keep time by NTP: holds end early otherwise.',
    },
    {
      name: 'log',
      ok: true,
      found: `as far as position ${await engine.log.lastPosition()}`,
      remedy: '',
    },
    ...(config.profile === 'distributed' ? [await relayCheck(engine)] : []),
    ...(search ? [await searchCheck(engine, search)] : []),
    ...(await projectionChecks(engine, beside)),
  ];
}

/** Whether somebody publishes the log to Kafka. */
async function relayCheck({ database, log }: Session['engine']): Promise<Check> {
  const { rows } = await sql<{ position: number; active: boolean }>`
    select coalesce((select position from relay_progress), 0)::float8 as position,
      exists (select 1 from leases where name = 'relay' and until > clock_timestamp()) as active`.execute(
    database.db,
  );
  const { position, active } = rows[0]!;
  const head = await log.lastPosition();
  return {
    name: 'relay',
    ok: active || position >= head,
    found: `${active ? 'one is active' : 'none is active'}, published as far as position ${position} of ${head}`,
    remedy: 'Start "fairseat relay", and see in its log whether it reaches Kafka.',
  };
}

/** Whether OpenSearch answers, and how far it can be searched. */
async function searchCheck(
  engine: Session['engine'],
  { generations }: NonNullable<Session['search']>,
): Promise<Check> {
  try {
    const serving = await generations.serving();
    const behindS = await secondsBehind(engine, (await serving?.progress()) ?? 0);
    const isForeign =
      serving !== null &&
      serving.origin !== null &&
      logOfDocuments(serving.origin) !== (await identityOf(engine.log));
    const state = isForeign ? 'was made from another event log' : `serves, ${sayBehind(behindS)}`;
    return {
      name: 'OpenSearch',
      ok: serving !== null && !isForeign && behindS <= LAG_S_MAX,
      found: serving ? `${serving.name} ${state}` : 'has no index yet',
      remedy: isForeign
        ? 'If another engine uses this index, give OPENSEARCH_INDEX another name in every process; a projector that starts makes the index anew otherwise.'
        : 'Start "fairseat projector", which builds the index and keeps it, and see in its log what stops it.',
    };
  } catch (error) {
    return {
      name: 'OpenSearch',
      ok: false,
      found: (error as Error).message,
      remedy:
        'See that OPENSEARCH_URL is right and that it runs; meanwhile SEARCH_FALLBACK=postgres searches the views.',
    };
  }
}

async function projectionChecks(engine: Session['engine'], beside: boolean): Promise<Check[]> {
  const live = (await engine.projector.list()).filter((p) => p.status === 'live');
  const checks: Check[] = [];
  for (const { name, generation, position, parkedStreams } of live) {
    const behindS = await secondsBehind(engine, position);
    checks.push({
      name: `projection ${name}`,
      // Without a server nothing moves a view: the next start does.
      ok: parkedStreams === 0 && (behindS <= LAG_S_MAX || !beside),
      found: `generation ${generation}, ${sayBehind(behindS)}${parkedStreams > 0 ? `, ${parkedStreams} streams parked` : ''}`,
      remedy:
        parkedStreams > 0
          ? `See "fairseat projections parked"; then "fairseat projections retry ${name} STREAM", or "fairseat projections rebuild ${name}".`
          : 'Give it time, or the machine less to do; what stops it is in the log of its process.',
    });
  }
  return checks;
}

const sayBehind = (seconds: number): string =>
  seconds === 0 ? 'up to date' : `${Math.ceil(seconds)} s behind`;

function skewOf(skewMs: number | null): string {
  if (skewMs === null) return 'it is not known by how much it differs from the event log';
  return `${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} the event log's`;
}
