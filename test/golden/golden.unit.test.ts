// What was stored once is understood for ever. The .ndjson files here are samples of every event type as the log had them:
// lines are added to them, never changed; outlooks.ndjson has what each event made different. Nothing here writes them.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EventMetadata, RecordedEvent } from '../../src/domain/event.ts';
import type { CatalogueEvent } from '../../src/domain/event/events.ts';
import type { SeatingPlanEvent } from '../../src/domain/seating-plan/events.ts';
import type { ShowEvent } from '../../src/domain/show/events.ts';
import type { VenueEvent } from '../../src/domain/venue/events.ts';
import { foldAll, type Folder, type Outlook, type Samples } from './outlooks.ts';

/** A type that the domain has and these tables do not is a compile error: add it, and a sample of it. */
const SHOW: Record<ShowEvent['type'], true> = {
  AlreadySo: true,
  ShowScheduled: true,
  ShowPublished: true,
  ShowRescheduled: true,
  ShowRulesChanged: true,
  SalesPaused: true,
  SalesResumed: true,
  ShowCancelled: true,
  SeatsBlocked: true,
  SeatsUnblocked: true,
  CapacityChanged: true,
  PriceChanged: true,
  SeatsHeld: true,
  HoldExtended: true,
  HoldReleased: true,
  HoldExpired: true,
  BookingConfirmed: true,
  BookingCancelled: true,
  WaitlistJoined: true,
  WaitlistLeft: true,
  WaitlistMoved: true,
  SeatsOffered: true,
  OfferDeclined: true,
  OfferExpired: true,
};
const EVENT: Record<CatalogueEvent['type'], true> = {
  AlreadySo: true,
  EventCreated: true,
  EventEdited: true,
  ShowAdded: true,
  EventPublished: true,
  EventUnpublished: true,
  EventCancelled: true,
};
const VENUE: Record<VenueEvent['type'], true> = { AlreadySo: true, VenueCreated: true, VenueEdited: true };
const SEATING_PLAN: Record<SeatingPlanEvent['type'], true> = { SeatingPlanDrawn: true, RowsDrawn: true };

const TYPES = { venue: VENUE, 'seating-plan': SEATING_PLAN, event: EVENT, show: SHOW };
const METADATA: Record<keyof EventMetadata, 'always' | 'sometimes'> = {
  commandId: 'always',
  requestHash: 'always',
  actor: 'always',
  correlationId: 'always',
  causationId: 'always',
  at: 'always',
  traceparent: 'sometimes',
};

const linesOf = <T>(name: string): T[] =>
  readFileSync(new URL(`${name}.ndjson`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

const samples: Samples = {
  venue: linesOf('venue'),
  'seating-plan': linesOf('seating-plan'),
  event: linesOf('event'),
  show: linesOf('show'),
};

/** What an event changed in how its stream looks. */
interface Line {
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly changed: Outlook;
}

describe.each(Object.keys(TYPES) as Folder[])('the samples of a %s', (folder) => {
  test('have every event type that there is, and no other', () => {
    const sampled = new Set(samples[folder].map(({ type }) => type));
    expect([...sampled].toSorted()).toEqual(Object.keys(TYPES[folder]).toSorted());
  });

  test('lie as in the log: whole streams of their own, with all that metadata has', () => {
    const next = new Map<string, number>();
    for (const { stream, revision, metadata } of samples[folder]) {
      expect(stream).toMatch(new RegExp(`^${folder}-[0-9a-f-]{36}$`));
      expect(revision).toBe(next.get(stream) ?? 0);
      next.set(stream, revision + 1);
      for (const [name, when] of Object.entries(METADATA))
        if (when === 'always') expect(metadata).toHaveProperty(name);
    }
    for (const name of Object.keys(metadataOf(samples[folder]))) expect(METADATA).toHaveProperty(name);
  });
});

const metadataOf = (events: readonly RecordedEvent[]): object =>
  Object.assign({}, ...events.map(({ metadata }) => metadata)) as object;

test('every sample still means what it meant when it was stored', () => {
  const lines = new Map<string, Line>(
    linesOf<Line>('outlooks').map((line) => [`${line.stream} ${line.revision}`, line]),
  );
  const folded = foldAll(samples);
  const outlooks = new Map<string, Outlook>();
  for (const { event, outlook } of folded) {
    const name = `${event.stream} ${event.revision}`;
    const line = lines.get(name);
    expect(line?.type, name).toBe(event.type);
    const expected = { ...outlooks.get(event.stream), ...line?.changed };
    outlooks.set(event.stream, expected);
    // A field that views have got since is no harm.
    expect(outlook, `${event.type}, ${name}`).toMatchObject(expected);
  }
  expect(folded).toHaveLength(lines.size);
});
