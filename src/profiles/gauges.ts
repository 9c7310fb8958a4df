// The levels that are asked for when somebody reads /metrics.
import { sql } from 'kysely';
import type { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import type { LongPolls } from '../api/request/long-polls.ts';
import { generations } from '../projections/registry.ts';
import type { Relay } from '../workers/relay.ts';
import type { SearchIndexer } from '../workers/search-indexer.ts';
import type { Engine } from './engine.ts';

const COUNTED_EVERY_MS = 5_000;

type Read = () => number | Readonly<Record<string, number>> | Promise<number>;
type Levels = readonly (readonly [name: string, help: string, read: Read, label?: string])[];

/** Of a process that serves the API. */
export function watchLevels(metrics: PrometheusMetrics, engine: Engine, polls: LongPolls): void {
  watch(metrics, [...ofCommands(engine), ...ofViews(engine), ...ofReaders(engine, polls)]);
}

/** Of one that serves none. */
export function watchWork(metrics: PrometheusMetrics, engine: Engine): void {
  watch(metrics, [...ofCommands(engine), ...ofViews(engine)]);
}

export function watchRelay(metrics: PrometheusMetrics, relay: Pick<Relay, 'active' | 'position'>): void {
  watch(metrics, [
    ['relay_active', 'Whether this relay publishes (1) or stands by (0).', () => Number(relay.active)],
    ['relay_position', 'Position up to which it has published, while it is active.', () => relay.position],
  ]);
}

export function watchIndexer(metrics: PrometheusMetrics, indexer: Pick<SearchIndexer, 'state'>): void {
  const read = (what: keyof SearchIndexer['state']) => () => Number(indexer.state[what]);
  watch(metrics, [
    ['search_indexer_active', 'Whether this one writes the index (1) or stands by (0).', read('active')],
    ['search_indexer_position', 'Position up to which it knows everything to be findable.', read('position')],
    ['search_documents_refused', 'Events that the index has not taken, since its start.', read('refused')],
  ]);
}

function watch(metrics: PrometheusMetrics, levels: Levels): void {
  for (const [name, help, read, label] of levels)
    metrics.watch({ name: `fairseat_${name}`, help, read, ...(label !== undefined && { label }) });
}

function ofCommands({ pipeline, clockWatch }: Engine): Levels {
  return [
    ['commands_waiting', 'Commands and reads waiting for their writer.', () => pipeline.stats().waiting],
    ['writers_busy', 'Streams with work under way.', () => pipeline.stats().busyWriters],
    ['states_cached', 'States kept between commands.', () => pipeline.stats().cachedStates],
    ['states_cached_bytes', 'Memory of the states kept, roughly.', () => pipeline.stats().cachedBytes],
    [
      'clock_skew_seconds',
      "How far this clock is ahead of the log's.",
      () => (clockWatch.skewMs ?? 0) / 1000,
    ],
  ];
}

function ofViews(engine: Engine): Levels {
  const { projector, expirer } = engine;
  const lag = (what: 'events' | 'seconds') => () =>
    Object.fromEntries(projector.lag().map((projection) => [projection.name, projection[what]]));
  const counted = countedInViews(engine);
  return [
    ['projection_lag_events', 'Events that a projection lacks.', lag('events'), 'projection'],
    ['projection_lag_seconds', 'For how long it has been behind.', lag('seconds'), 'projection'],
    [
      'streams_parked',
      'Streams that a projection has set aside; see "fairseat projections parked".',
      async () => (await counted()).parked,
    ],
    [
      'views_of_newer',
      'Views that a newer version of the program has made and feeds; see "fairseat doctor".',
      async () => (await counted()).ofNewer,
    ],
    ['holds_live', 'Holds that are live.', async () => (await counted()).holds],
    ['waitlist_waiting', 'Entries that wait.', async () => (await counted()).waiting],
    ['shows_holding', 'Shows in which something is held.', () => expirer.waiting],
  ];
}

function ofReaders({ live, stream }: Engine, polls: LongPolls): Levels {
  return [
    ['live_shows', 'Shows whose map is in memory.', () => live.size.shows],
    ['live_shows_bytes', 'Memory of the maps, roughly.', () => live.size.bytes],
    ['sse_listeners', 'Connections that follow a map.', () => stream.listeners],
    ['sse_listeners_behind', 'Of them, those who do not take what they are sent.', () => stream.behind],
    ['long_polls', 'Requests that wait for a change.', () => polls.size],
  ];
}

interface Counted {
  readonly holds: number;
  readonly waiting: number;
  readonly parked: number;
  readonly ofNewer: number;
}

/** Counted in the views, once for all who ask, and not more often than it is worth. */
function countedInViews(engine: Engine): () => Promise<Counted> {
  let counted: Promise<Counted> = Promise.resolve({ holds: 0, waiting: 0, parked: 0, ofNewer: 0 });
  let atMs = -Infinity;
  return () => {
    if (engine.clock.steady() - atMs < COUNTED_EVERY_MS) return counted;
    atMs = engine.clock.steady();
    const before = counted;
    counted = countInViews(engine).catch(() => before);
    return counted;
  };
}

async function countInViews({ database: { db }, projector }: Engine): Promise<Counted> {
  const { rows } = await sql<Omit<Counted, 'ofNewer'>>`
    select (select count(*) from read.holds where status = 'live' and until > now())::float8 as holds,
      (select count(*) from read.waitlist where status = 'waiting')::float8 as waiting,
      (select count(*) from parked join projections using (generation)
        where projection = name and status = 'live')::float8 as parked`.execute(db);
  const views = await generations(db);
  const ofNewer = views.filter((view) => view.status === 'live' && projector.isOfNewer(view)).length;
  return { ...rows[0]!, ofNewer };
}
