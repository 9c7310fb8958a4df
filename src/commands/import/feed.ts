// The import of an outside feed: read whole, compared with how things stand, and brought about by the same commands that
// organisers send. Importing the same feed again changes nothing; imports of one source take turns.
import { venueAggregate } from '../../domain/venue/venue.ts';
import type { VenueFields } from '../../domain/venue/events.ts';
import { InvalidFeed } from '../../ports/feed-source.ts';
import type { AdaptedFeed, FeedAdapter, FeedOptions, FeedRejected } from '../../ports/feed-source.ts';
import type { ImportResult, ImportStore } from '../../ports/import-store.ts';
import { atOnce } from '../at-once.ts';
import type { CommandContext } from '../command.ts';
import { halfWay } from '../half-way.ts';
import { importEvent } from './event.ts';
import type { EventChange } from './event.ts';
import { importedVenueId } from './ids.ts';
import { ImportSender } from './sender.ts';
import type { ImportEngine } from './sender.ts';

export interface FeedSource extends FeedOptions {
  /** Part of every id that its imports make. */
  readonly name: string;
  /** Feeds name no venue: all of a source's shows take place here until an organiser knows better. */
  readonly venue: VenueFields;
}

export interface ImportRequest {
  readonly source: FeedSource;
  readonly adapter: FeedAdapter;
  readonly bytes: Uint8Array;
  /** The command id is the import's id; the request hash tells whether a repetition is one. */
  readonly context: Pick<CommandContext, 'commandId' | 'requestHash' | 'correlationId' | 'traceparent'>;
  /** Ends the import between two events, with the signal's reason; the same import again does the rest. */
  readonly signal?: AbortSignal | undefined;
}

export interface ImportParts extends ImportEngine {
  readonly imports: ImportStore;
}

export type ImportOutcome =
  | { readonly ok: true; readonly value: ImportResult; readonly replayed: boolean }
  | {
      readonly ok: false;
      readonly rejection: {
        readonly code: 'InvalidFeed' | 'IdempotencyKeyReused';
        readonly detail: string;
        readonly members: Readonly<Record<string, unknown>>;
      };
    };

/** Events of a feed worked on at one time. */
const EVENTS_AT_ONCE = 16;
/** Rejected rows that an answer holds; of more, it says how many there were. */
const REJECTED_MAX = 10_000;
const MADRID = { city: 'Madrid', country: 'ES', lat: 40.4168, lon: -3.7038 };

/** A source by its name, with what is not said about it assumed. */
export function feedSource(name: string, known: Partial<Omit<FeedSource, 'name'>> = {}): FeedSource {
  const timeZone = known.timeZone ?? 'Europe/Madrid';
  const city = timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone;
  const place = timeZone === 'Europe/Madrid' ? MADRID : { city, country: null, lat: null, lon: null };
  return {
    name,
    timeZone,
    currency: known.currency ?? 'EUR',
    venue: known.venue ?? { name, timeZone, address: null, ...place },
  };
}

/**
 * Imports a feed and keeps the result under the command's id, so that the same request again is answered as the first
 * was. Refuses a feed that is none (`InvalidFeed`) and an id used for another feed; throws the pipeline's Faults: what
 * was done by then stays, and the same import again does the rest.
 */
export async function importFeed(request: ImportRequest, parts: ImportParts): Promise<ImportOutcome> {
  const { source, context, signal } = request;
  const work = async (): Promise<ImportOutcome> => {
    signal?.throwIfAborted();
    const before = await parts.imports.find(context.commandId);
    if (before)
      return before.requestHash === context.requestHash
        ? { ok: true, value: before.result, replayed: true }
        : keyReused();
    let feed: AdaptedFeed;
    try {
      feed = await request.adapter.adapt(request.bytes, source);
    } catch (error) {
      if (error instanceof InvalidFeed)
        return { ok: false, rejection: { code: 'InvalidFeed', detail: error.message, members: {} } };
      throw error;
    }
    const value = await importAdapted(feed, source, parts, context, signal);
    await parts.imports.save(context.requestHash, value).catch(halfWay);
    return { ok: true, value, replayed: false };
  };
  return parts.imports.exclusively(`import ${source.name}`, work, signal);
}

/** The import of a feed that was read already; keeps no result and takes no turns. */
export async function importAdapted(
  feed: AdaptedFeed,
  source: FeedSource,
  engine: ImportEngine,
  context: Pick<CommandContext, 'commandId' | 'correlationId' | 'traceparent'>,
  signal?: AbortSignal,
): Promise<ImportResult> {
  const sender = new ImportSender(engine, source.name, context);
  const venueId = importedVenueId(source.name);
  const work = async () => {
    if (feed.events.length > 0) await ensureVenue(sender, venueId, source.venue);
    return atOnce(feed.events, EVENTS_AT_ONCE, async (event) => {
      signal?.throwIfAborted();
      const rejected: FeedRejected[] = [];
      return { ...(await importEvent(sender, venueId, event, rejected)), rejected };
    });
  };
  const results = await work().catch((failure: unknown) => {
    if (sender.begun) halfWay(failure);
    throw failure;
  });
  return {
    id: context.commandId,
    source: source.name,
    created: counted(results, 'created'),
    updated: counted(results, 'updated'),
    unchanged: counted(results, 'unchanged'),
    rejected: bounded([...feed.rejected, ...results.flatMap((r) => r.rejected)]),
    position: sender.position,
  };
}

async function ensureVenue(sender: ImportSender, venueId: string, venue: VenueFields): Promise<void> {
  const exists = await sender.read(venueAggregate, venueId, ({ fields }) => fields !== null);
  if (!exists)
    await sender.call(venueId, 'create', (context) =>
      sender.engine.catalogue.createVenue(venue, context, venueId),
    );
}

function counted(
  results: readonly EventChange[],
  change: 'created' | 'updated' | 'unchanged',
): { events: number; shows: number } {
  return {
    events: results.filter((r) => r.event === change).length,
    shows: results.flatMap((r) => r.shows).filter((show) => show === change).length,
  };
}

function bounded(rejected: readonly FeedRejected[]): FeedRejected[] {
  if (rejected.length <= REJECTED_MAX) return [...rejected];
  const more = {
    path: '/',
    code: 'MoreRejected',
    message: `${rejected.length - REJECTED_MAX} more were rejected and are not listed.`,
  };
  return [...rejected.slice(0, REJECTED_MAX), more];
}

function keyReused(): ImportOutcome {
  const detail = 'This Idempotency-Key was used for another feed; use a new key.';
  return { ok: false, rejection: { code: 'IdempotencyKeyReused', detail, members: {} } };
}
