// What `fairseat doctor` looks at, server by server. Each check stands for itself: a server that is away fails its own, and
// leaves what is not known of it out of the others.
import { sql } from 'kysely';
import type { Session } from '../../profiles/command-line.ts';
import { lookAtReplica } from '../../profiles/replica.ts';
import { areOfAnother } from '../../projections/origin.ts';
import { livePositions } from '../../projections/registry.ts';
import { known, type Behind, type Check, type Engine } from './check.ts';
import { kafkaCheck, relayCheck, relayedOf } from './feed-checks.ts';
import { isLate, sayBehind, secondsBehind } from './lag.ts';
import { projectionCheck, searchCheck, viewsOf } from './view-checks.ts';

const POSTGRES_MIN = 150_000;

/** Of everything that the settings name, on a database that could be opened. */
export async function checksOf({ engine, beside, config, search }: Session): Promise<Check[]> {
  const { clockWatch } = engine;
  await clockWatch.check();
  // Before the log is: both go on meanwhile.
  const furthest = Math.max(0, ...(await livePositions(engine.database.db)).values());
  const head = await headOf(engine.log);
  const areOthers = (await known(areOfAnother(engine.database.db, engine.log))) === true;
  // A log that is away is asked once.
  const behind: Behind = (position) =>
    head instanceof Error ? Promise.resolve(head) : known(secondsBehind(engine, position));
  const checks = [
    ...(await postgresChecks(engine, beside)),
    ...(await replicaChecks(engine, config, behind)),
    {
      name: 'clock',
      // Where the log does not say what time it is, that is the log's to mend.
      ok: clockWatch.ready || clockWatch.skewMs === null,
      found: skewOf(clockWatch.skewMs),
      remedy: 'Let both machines keep time by NTP: holds end early otherwise.',
    },
    logCheck(head, furthest, areOthers),
  ];
  const relayed = config.profile === 'distributed' ? await relayedOf(engine) : null;
  if (relayed) {
    const kafka = await kafkaCheck(config, relayed.offsets);
    checks.push(kafka, await relayCheck(head, relayed, { kafka, behind }));
  }
  const views = await viewsOf(engine, behind);
  if (search) checks.push(await searchCheck(engine, search, { views, behind }));
  return [...checks, ...views.map((view) => projectionCheck(view, beside, relayed))];
}

async function postgresChecks({ database, noRoom }: Engine, beside: boolean): Promise<Check[]> {
  const { rows } = await sql<{ version: string; number: number; durable: boolean }>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
      current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as durable`.execute(
    database.db,
  );
  const { version, number, durable } = rows[0]!;
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
    diskCheck(await known(noRoom())),
  ];
}

/** Of the replica, where one is set and read. */
async function replicaChecks(
  { database }: Engine,
  { profile, databaseReadUrl: url }: Session['config'],
  behind: Behind,
): Promise<Check[]> {
  if (profile !== 'distributed' || url === undefined) return [];
  const check = (ok: boolean, found: string, remedy: string): Check[] => [
    { name: 'replica', ok, found, remedy },
  ];
  const reached = await known(lookAtReplica(url, database, 0));
  if (reached instanceof Error)
    return check(
      false,
      reached.message,
      'See that DATABASE_READ_URL is right and that it runs: lists, and searches in Postgres, are refused meanwhile.',
    );
  // What the views lack here as well is not the replica's to bring.
  const missing = [...(await livePositions(database.db))]
    .map(([name, position]) => ({ position, there: reached.get(name) ?? 0 }))
    .filter(({ position, there }) => there < position);
  const behindS = missing.length === 0 ? 0 : await behind(Math.min(...missing.map(({ there }) => there)));
  return check(
    !isLate(behindS),
    `it answers, is of this database, ${sayBehind(behindS)}`,
    'See in pg_stat_replication of DATABASE_URL whether it follows: one that is paused or was promoted does not, and lists are as old meanwhile.',
  );
}

/** A full disk shows in nothing else: Postgres answers as before. */
function diskCheck(full: string | null | Error): Check {
  const unknown = full instanceof Error;
  return {
    name: 'disk',
    ok: full === null || unknown,
    found: unknown ? `how full it is could not be seen: ${full.message}` : (full ?? 'Postgres has room'),
    remedy:
      'Make room on the disk of Postgres: nothing is written to it meanwhile, and it goes on without a start.',
  };
}

/** How far the log goes, or why it does not say. */
export const headOf = (log: Pick<Engine['log'], 'lastPosition'>): Promise<number | Error> =>
  known(log.lastPosition());

const OTHERS = 'Set the log that they are of, or give this one a database of its own (DATABASE_URL).';

/** Whether the event log answers, is the one of the views, and has all that they have seen: up to `furthest`. */
export function logCheck(position: number | Error, furthest = 0, areOthers = false): Check {
  const check = (ok: boolean, found: string, remedy: string): Check => ({ name: 'log', ok, found, remedy });
  if (position instanceof Error)
    return check(
      false,
      position.message,
      'See that the event log (EVENTSTORE_URL, where it is set) runs and can be reached: commands are refused meanwhile.',
    );
  const found = `as far as position ${position}`;
  if (areOthers) return check(false, `${found}, and views were made from another one`, OTHERS);
  if (furthest <= position) return check(true, found, '');
  return check(
    false,
    `${found}, and views as far as ${furthest}: it was put back to an earlier moment`,
    'Lists and searches show what is no more: do what "Backups" in docs/operating.md asks for then.',
  );
}

function skewOf(skewMs: number | null): string {
  if (skewMs === null) return 'it is not known by how much it differs from the event log';
  return `${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} the event log's`;
}
