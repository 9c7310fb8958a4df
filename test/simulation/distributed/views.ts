// The views of the distributed world: each row has a digest that a batch applied twice, left out or out of order changes for
// good. One of them gathers the events of several streams, in whatever order the partitions bring them.
import type { RecordedEvent } from '../../../src/domain/event.ts';
import type { MakeProjection } from '../../../src/projections/views/all.ts';
import type { ProjectionName } from '../../../src/projections/projection.ts';
import { mixed } from '../kernel/chance.ts';
import type { StreamRow } from '../store/document-statements.ts';
import { projectionOf, type Shape } from '../store/simulated-projections.ts';

export const TYPES = {
  event: ['EventCreated', 'EventEdited'],
  show: ['ShowScheduled', 'SeatsHeld', 'BookingConfirmed', 'PriceChanged'],
  venue: ['VenueCreated', 'VenueEdited'],
} as const;
export type StreamKind = keyof typeof TYPES;

const eventIdOf = ({ data }: RecordedEvent): string | null => (data as { eventId?: string }).eventId ?? null;

const rowOf = (before: StreamRow | undefined, event: RecordedEvent): StreamRow => ({
  stream: event.stream,
  events: (before?.events ?? 0) + 1,
  revision: event.revision,
  digest: mixed(before?.digest ?? 0, event.id),
  eventId: eventIdOf(event),
});

const perStream = (name: ProjectionName, types: readonly string[]): Shape<StreamRow> => ({
  name,
  types,
  keyOf: ({ stream }) => stream,
  rowOf,
});

export const VIEWS: readonly Shape<StreamRow>[] = [
  perStream('events', TYPES.event),
  perStream('venues', TYPES.venue),
  perStream('availability', TYPES.show),
  perStream('shows', ['ShowScheduled', 'PriceChanged']),
  {
    name: 'search',
    types: TYPES.show,
    acrossStreams: true,
    keyOf: (event) => eventIdOf(event)!,
    rowOf: (before, event) => ({
      stream: eventIdOf(event)!,
      events: (before?.events ?? 0) + 1,
      revision: 0,
      // The same in whatever order, and not the same when one counts twice.
      digest: ((before?.digest ?? 0) + mixed(1, event.id)) | 0,
      eventId: eventIdOf(event),
    }),
  },
];

export const viewsOf = (
  poisoned: (event: RecordedEvent) => boolean,
): Readonly<Record<ProjectionName, MakeProjection>> =>
  Object.fromEntries(VIEWS.map((shape) => [shape.name, () => projectionOf(shape, poisoned)])) as never;
