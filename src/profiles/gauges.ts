// The levels that are asked for when somebody reads /metrics.
import { sql } from 'kysely';
import type { PrometheusMetrics } from '../adapters/prometheus/prometheus-metrics.ts';
import type { LongPolls } from '../api/long-polls.ts';
import type { Engine } from './engine.ts';

const COUNTED_EVERY_MS = 5_000;

export function watchLevels(metrics: PrometheusMetrics, engine: Engine, polls: LongPolls): void {
  const { pipeline, projector, live, stream, expirer, clockWatch } = engine;
  const lag = (what: 'events' | 'seconds') => () => Object.fromEntries(projector.lag().map((projection) => [projection.name, projection[what]]));
  const counted = holdsAndEntries(engine);
  const levels = [
    { name: 'fairseat_commands_waiting', help: 'Commands and reads waiting for their writer.', read: () => pipeline.stats().waiting },
    { name: 'fairseat_writers_busy', help: 'Streams with work under way.', read: () => pipeline.stats().busyWriters },
    { name: 'fairseat_states_cached', help: 'States kept between commands.', read: () => pipeline.stats().cachedStates },
    { name: 'fairseat_states_cached_bytes', help: 'Memory of the states kept, roughly.', read: () => pipeline.stats().cachedBytes },
    { name: 'fairseat_projection_lag_events', help: 'Events that a projection has not taken in yet.', label: 'projection', read: lag('events') },
    { name: 'fairseat_projection_lag_seconds', help: 'For how long a projection has been behind.', label: 'projection', read: lag('seconds') },
    { name: 'fairseat_holds_live', help: 'Holds that are live.', read: async () => (await counted()).holds },
    { name: 'fairseat_waitlist_waiting', help: 'Entries that wait.', read: async () => (await counted()).waiting },
    { name: 'fairseat_shows_holding', help: 'Shows in which something is held.', read: () => expirer.waiting },
    { name: 'fairseat_live_shows', help: 'Shows whose map is in memory.', read: () => live.size.shows },
    { name: 'fairseat_live_shows_bytes', help: 'Memory of the maps, roughly.', read: () => live.size.bytes },
    { name: 'fairseat_sse_listeners', help: 'Connections that follow a map.', read: () => stream.listeners },
    { name: 'fairseat_long_polls', help: 'Requests that wait for a change.', read: () => polls.size },
    { name: 'fairseat_clock_skew_seconds', help: "How far this clock runs ahead of the event log's.", read: () => (clockWatch.skewMs ?? 0) / 1000 },
  ];
  for (const level of levels) metrics.watch(level);
}

/** Counted in the views, and not more often than it is worth. */
function holdsAndEntries({ database, clock }: Engine): () => Promise<{ holds: number; waiting: number }> {
  let kept = { holds: 0, waiting: 0 };
  let atMs = -Infinity;
  return async () => {
    if (clock.now() - atMs < COUNTED_EVERY_MS) return kept;
    atMs = clock.now();
    const found = await sql<{ holds: number; waiting: number }>`
      select (select count(*) from read.holds where status = 'live' and until > now())::float8 as holds,
        (select count(*) from read.waitlist where status = 'waiting')::float8 as waiting`.execute(database.db).catch(() => null);
    kept = found?.rows[0] ?? kept;
    return kept;
  };
}
