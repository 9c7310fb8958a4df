// What of a show is free, held, booked and kept, in numbers. Only the show's own rules know what is kept for its line, so
// its events are folded by the domain; rows are written once a batch, whatever happened in it.
import { sql } from 'kysely';
import { idOf, type RecordedEvent } from '../../domain/event.ts';
import { TYPES } from '../../domain/event-types.ts';
import { showAggregate, type ShowState } from '../../domain/show/show.ts';
import { areaViews, categoryViews, type CategoryView } from '../../domain/show/views.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { PlanSource } from '../../ports/plan-source.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import type { Handling, Projection, Tx } from '../projection.ts';
import { saveRows, type Row } from './rows.ts';
import { ShowStates } from './show-states.ts';

export function availability(log: EventLog, plans: PlanSource, snapshots?: SnapshotStore): Projection {
  const states = new ShowStates(log, plans, showAggregate(plans), snapshots);
  return {
    name: 'availability',
    version: 1,
    // Every event of a show may move its counts.
    types: Object.keys(TYPES.show),
    exposes: ['availability'],
    tables: `
      create table availability (
        show_id uuid primary key,
        -- Of the show, at which it was so.
        revision integer not null,
        capacity integer not null,
        free integer not null,
        held integer not null,
        booked integer not null,
        blocked integer not null,
        waiting integer not null,
        categories jsonb not null,
        areas jsonb not null
      ) with (fillfactor = 50)`,
    indexes: [],
    handle: (events, handling) => handle(states, events, handling),
    reset: () => states.clear(),
  };
}

async function handle(
  states: ShowStates,
  events: readonly RecordedEvent[],
  { tx, horizon }: Handling,
): Promise<void> {
  // What was so already is on record in the stream of anything.
  const ofShows = events.filter(({ stream }) => stream.startsWith('show-'));
  const streams = Map.groupBy(ofShows, (event) => event.stream);
  const written = await revisions(
    tx,
    [...streams.keys()].filter((stream) => !states.has(stream)),
  );
  const isAhead = horizon > events.at(-1)!.position; // in a rebuild
  const rows: Row[] = [];
  for (const [stream, ofShow] of streams) {
    const last = ofShow.at(-1)!;
    if ((written.get(idOf(stream)) ?? -1) >= last.revision) continue; // folded ahead
    const state = await states.upTo(stream, ofShow, isAhead ? horizon : last.position);
    rows.push(countsOf(idOf(stream), state));
  }
  await saveRows(tx, 'availability', 'show_id', rows);
}

/** Revisions that rows stand at: only of shows whose state is not in memory. */
async function revisions(tx: Tx, streams: readonly string[]): Promise<Map<string, number>> {
  if (streams.length === 0) return new Map();
  const found = await sql<{ show_id: string; revision: number }>`
    select show_id, revision from availability where show_id = any(${streams.map(idOf)}::uuid[])`.execute(tx);
  return new Map(found.rows.map((row) => [row.show_id, row.revision]));
}

function countsOf(showId: string, state: ShowState): Row {
  const categories = categoryViews(state);
  const sum = (
    count: keyof Pick<CategoryView, 'capacity' | 'free' | 'held' | 'booked' | 'blocked' | 'waiting'>,
  ): number => categories.reduce((total, category) => total + category[count], 0);
  return {
    show_id: showId,
    revision: state.revision,
    capacity: sum('capacity'),
    free: sum('free'),
    held: sum('held'),
    booked: sum('booked'),
    blocked: sum('blocked'),
    waiting: sum('waiting'),
    categories,
    areas: areaViews(state),
  };
}
