// What the routes need of the engine. A profile puts it together.
import type { Catalogue } from '../commands/catalogue/catalogue.ts';
import type { CommandContext } from '../commands/command.ts';
import type { ImportOutcome } from '../commands/import/feed.ts';
import type { CommandPipeline } from '../commands/pipeline.ts';
import type { ShowAggregate } from '../domain/show/show.ts';
import type { ApiKeyStore } from '../ports/api-key-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { FeedOptions } from '../ports/feed-source.ts';
import type { ImportResult } from '../ports/import-store.ts';
import type { PlanSource } from '../ports/plan-source.ts';
import type { LiveShows } from '../live/live-shows.ts';
import type { LiveStream } from '../live/live-stream.ts';
import type { VenueOf } from '../live/venues.ts';
import type { CommandContexts } from './request/command-context.ts';
import type { HttpMetrics } from './request/http-metrics.ts';
import type { KeyRing } from './request/key-ring.ts';
import type { LongPolls } from './request/long-polls.ts';
import type { Reads } from './answer/reads.ts';

export interface ApiDependencies {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly pipeline: CommandPipeline;
  readonly showAggregate: ShowAggregate;
  readonly plans: Pick<PlanSource, 'load'>;
  readonly catalogue: Catalogue;
  readonly contexts: CommandContexts;
  /** The venue of a page, as new as the log. */
  readonly venueOf: VenueOf;
  readonly live: LiveShows;
  readonly stream: LiveStream;
  readonly polls: LongPolls;
  readonly reads: Reads;
  readonly imports: {
    /** What `options` leave out is that of the feed of this name in FEEDS, or assumed. */
    importFeed(
      source: string,
      options: Partial<FeedOptions>,
      bytes: Uint8Array,
      context: CommandContext,
    ): Promise<ImportOutcome>;
    find(id: string): Promise<ImportResult | null>;
  };
  readonly apiKeys: ApiKeyStore;
  readonly keys: KeyRing;
  readonly metrics: HttpMetrics;
  /** Why this process cannot serve, in a sentence; null: it can. */
  readonly readiness: () => Promise<string | null>;
}
