// Outside feeds: where their bytes come from and what they mean. An adapter turns one provider's format into neutral
// events, shows and zones, so that the import itself knows no format; what it cannot read it names, and reads on.
import type { Money } from '../domain/decider.ts';

/** The name of a source: the same feed by command, over HTTP and on a schedule is one source only under one name. */
export const SOURCE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** How a feed of one source is read. */
export interface FeedOptions {
  /** IANA zone of the local times in the feed. */
  readonly timeZone: string;
  /** ISO 4217 code of its prices. */
  readonly currency: string;
}

/** Places of one kind and price in one show. */
export interface FeedZone {
  /** Where it stands in the feed, for what is rejected later. */
  readonly path: string;
  /** Unique in the show and the same in every later feed. */
  readonly categoryId: string;
  /** The category id that the same zone has when sold with the other numbering. */
  readonly otherwiseId: string;
  readonly name: string;
  readonly numbered: boolean;
  readonly capacity: number;
  readonly price: Money;
}

/** Times are RFC 3339 UTC. */
export interface FeedShow {
  readonly path: string;
  /** Unique in its event only. */
  readonly sourceId: string;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly salesOpenAt: string | null;
  readonly salesCloseAt: string | null;
  readonly soldOut: boolean;
  readonly zones: readonly FeedZone[];
}

export interface FeedEvent {
  readonly path: string;
  /** Unique in the source. */
  readonly sourceId: string;
  readonly title: string;
  readonly organiser: string | null;
  /** False: kept, but neither searchable nor on sale. */
  readonly onSale: boolean;
  readonly shows: readonly FeedShow[];
}

/** One thing of the feed that was not taken, and why. */
export interface FeedRejected {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface AdaptedFeed {
  readonly events: readonly FeedEvent[];
  readonly rejected: readonly FeedRejected[];
}

export interface FeedAdapter {
  /** As the `FEEDS` setting names it. */
  readonly name: string;
  /** Reads a whole feed; one bad show is `rejected`, a feed that is none at all throws InvalidFeed. */
  adapt(bytes: Uint8Array, options: FeedOptions): Promise<AdaptedFeed>;
}

/** Fetches the bytes of a feed from an http(s) or file URL; throws FeedUnavailable. */
export type FetchFeed = (url: string, options?: { signal?: AbortSignal }) => Promise<Uint8Array>;

/** The whole feed is refused; `message` is one sentence that says why. */
export class InvalidFeed extends Error {
  readonly code = 'InvalidFeed';
  override readonly name = 'InvalidFeed';
}

/** The feed could not be had; trying again later may help unless the address itself is refused. */
export class FeedUnavailable extends Error {
  readonly code = 'FeedUnavailable';
  override readonly name = 'FeedUnavailable';
}
