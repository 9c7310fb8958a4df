// What `fairseat doctor` looks at, server by server. Each check stands for itself: a server that is away fails its own, and
// leaves what is not known of it out of the others.
import { sql } from 'kysely';
import { identityOf } from '../ports/log-identity.ts';
import { whyAnotherFeed } from '../ports/relay-progress.ts';
import { logOfDocuments } from '../ports/search-documents.ts';
import type { Session } from '../profiles/command-line.ts';
import { lookAtFeed } from '../profiles/distributed-adapters.ts';
import { lookAtReplica } from '../profiles/replica.ts';
import { areOfAnother } from '../projections/origin.ts';
import { parkedStreams } from '../projections/parking.ts';
import { generations, livePositions } from '../projections/registry.ts';
import { isLate, sayBehind, secondsBehind } from './lag.ts';

const POSTGRES_MIN = 150_000;

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do when it is not. */
  readonly remedy: string;
}

type Engine = Session['engine'];
/** Seconds from a position to the end of the log, or why the log does not say. */
type Behind = (position: number) => Promise<number | Error>;

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

/** Whether the brokers answer, and the topic is this engine's. `published`: up to where it has; null: that is not known. */
export async function kafkaCheck(
  config: Session['config'],
  published: readonly number[] | null,
): Promise<Check> {
  const topic = `topic ${config.kafkaTopic}`;
  const ends = await known(lookAtFeed(config));
  const check = (ok: boolean, found: string, remedy: string): Check => ({ name: 'Kafka', ok, found, remedy });
  if (ends instanceof Error)
    return check(
      false,
      ends.message,
      'See that KAFKA_BROKERS is right and that they run: views stand still meanwhile.',
    );
  if (ends.length === 0 && (published ?? []).length === 0)
    return check(true, `${topic} is not there yet: a relay makes it`, '');
  const another = whyAnotherFeed(published ?? ends, ends);
  const messages = ends.reduce((sum, end) => sum + end, 0);
  return another === null
    ? check(true, `${topic} has ${ends.length} partitions, published to ${messages} times`, '')
    : check(false, `${topic} is not the one that this engine has published to`, another);
}

interface Relayed {
  readonly position: number;
  readonly offsets: readonly number[];
  readonly active: boolean;
}

async function relayedOf({ database }: Engine): Promise<Relayed> {
  const { rows } = await sql<Relayed>`
    select coalesce((select position from relay_progress), 0)::float8 as position,
      coalesce((select offsets from relay_progress), '{}')::float8[] as offsets,
      exists (select 1 from leases where name = 'relay' and until > clock_timestamp()) as active`.execute(
    database.db,
  );
  return rows[0]!;
}

/** Whether the log is published to Kafka: who is active may be unable to. */
async function relayCheck(
  head: number | Error,
  { position, active }: Relayed,
  { kafka, behind }: { readonly kafka: Check; readonly behind: Behind },
): Promise<Check> {
  const isDone = !(head instanceof Error) && position >= head;
  const behindS = await behind(position);
  const of = head instanceof Error ? '' : ` of ${head}`;
  const late = isDone || behindS instanceof Error ? '' : `, ${sayBehind(behindS)}`;
  return {
    name: 'relay',
    ok: isDone || (active && kafka.ok && !isLate(behindS)),
    found: `${active ? 'one is active' : 'none is active'}, published as far as position ${position}${of}${late}`,
    remedy: relayRemedy(active, kafka),
  };
}

function relayRemedy(active: boolean, kafka: Check): string {
  if (!active) return 'Start "fairseat relay", and see in its log whether it reaches Kafka.';
  return kafka.ok
    ? 'See in its log what stops it.'
    : 'Do first what the check of Kafka asks for; the relay goes on by itself then.';
}

/** Whether OpenSearch answers, and how far it can be searched. */
async function searchCheck(
  engine: Engine,
  { generations: indexes }: NonNullable<Session['search']>,
  { views, behind }: { readonly views: readonly View[]; readonly behind: Behind },
): Promise<Check> {
  const check = (ok: boolean, found: string, remedy: string): Check => ({
    name: 'OpenSearch',
    ok,
    found,
    remedy,
  });
  const serving = await known(indexes.serving());
  const position = serving instanceof Error ? serving : await known(serving?.progress() ?? noIndex);
  if (serving instanceof Error || position instanceof Error)
    return check(
      false,
      (position as Error).message,
      'See that OPENSEARCH_URL is right and that it runs; meanwhile SEARCH_FALLBACK=postgres searches the views.',
    );
  const build =
    'Start "fairseat projector", which builds the index and keeps it, and see in its log what stops it.';
  if (serving === null) return check(false, 'has no index yet', build);
  const log = await known(identityOf(engine.log));
  if (serving.origin !== null && !(log instanceof Error) && logOfDocuments(serving.origin) !== log)
    return check(
      false,
      `${serving.name} was made from another event log`,
      'If another engine uses this index, give OPENSEARCH_INDEX another name in every process; a projector that starts makes the index anew otherwise.',
    );
  const behindS = await behind(position);
  const remedy = views.some((view) => isLate(view.behindS))
    ? 'Do first what the checks of the projections ask for: the index follows them.'
    : build;
  return check(!isLate(behindS), `${serving.name} serves, ${sayBehind(behindS)}`, remedy);
}

const noIndex = Promise.resolve(0);

interface View {
  readonly name: string;
  readonly generation: number;
  readonly position: number;
  readonly behindS: number | Error;
  readonly streamsParked: number;
}

/** The views that serve. */
async function viewsOf({ database: { db } }: Engine, behind: Behind): Promise<View[]> {
  const [all, parked] = [await generations(db), await parkedStreams(db)];
  const views: View[] = [];
  for (const { name, generation, position } of all.filter(({ status }) => status === 'live')) {
    const streamsParked = parked.filter((p) => p.projection === name && p.generation === generation).length;
    views.push({ name, generation, position, behindS: await behind(position), streamsParked });
  }
  return views;
}

function projectionCheck(view: View, beside: boolean, relayed: Relayed | null): Check {
  const { name, generation, behindS, streamsParked } = view;
  const parked = streamsParked > 0 ? `, ${streamsParked} streams parked` : '';
  return {
    name: `projection ${name}`,
    // Without a server nothing moves a view: the next start does.
    ok: streamsParked === 0 && !(isLate(behindS) && beside),
    found: `generation ${generation}, ${sayBehind(behindS)}${parked}`,
    remedy: projectionRemedy(view, relayed),
  };
}

function projectionRemedy({ name, position, streamsParked }: View, relayed: Relayed | null): string {
  if (streamsParked > 0)
    return `See "fairseat projections parked"; then "fairseat projections retry ${name} STREAM", or "fairseat projections rebuild ${name}".`;
  return relayed !== null && position >= relayed.position
    ? 'It has all that was published: do first what the checks of Kafka and of the relay ask for.'
    : 'Give it time, or the machine less to do; what stops it is in the log of its process.';
}

/** The answer, or why there is none. */
const known = <T>(asked: Promise<T>): Promise<T | Error> => asked.catch((error: unknown) => error as Error);

function skewOf(skewMs: number | null): string {
  if (skewMs === null) return 'it is not known by how much it differs from the event log';
  return `${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} the event log's`;
}
