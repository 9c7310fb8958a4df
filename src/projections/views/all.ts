// Every projection there is; a new one is one file and one line here.
import type { EventLog } from '../../ports/event-log.ts';
import { availability } from './availability.ts';
import { bookings } from './bookings.ts';
import { events } from './events.ts';
import { holds } from './holds.ts';
import type { Projection, ProjectionName } from '../projection.ts';
import { search } from './search.ts';
import type { PlanSource } from '../../ports/plan-source.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { shows } from './shows.ts';
import { venues } from './venues.ts';
import { waitlist } from './waitlist.ts';

/** Makes an instance; each generation that is written has one of its own. */
export type MakeProjection = () => Projection;

export function allProjections(
  log: EventLog,
  plans: PlanSource,
  snapshots?: SnapshotStore,
): Readonly<Record<ProjectionName, MakeProjection>> {
  return {
    venues,
    events,
    shows,
    search,
    availability: () => availability(log, plans, snapshots),
    holds,
    bookings,
    waitlist,
  };
}
