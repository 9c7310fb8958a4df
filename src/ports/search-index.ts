// The search index: which events on public view have a show that matches. Its default is Postgres; whatever it is, the same
// question finds the same events, and one contract suite keeps it so.
import type { Money } from '../domain/decider.ts';
import type { GeoPoint } from '../domain/globe.ts';

/** In minor units; both ends are in it. */
export interface PriceRange {
  readonly currency: string;
  readonly min: number;
  readonly max: number;
}

export interface SearchFilters {
  /** Words; every one must be there, slips are forgiven. */
  readonly q?: string | undefined;
  readonly near?: GeoPoint | undefined;
  /** Only with `near`. */
  readonly radiusKm?: number | undefined;
  /** RFC 3339; from ≤ start of the show < to. */
  readonly to?: string | undefined;
  readonly type?: string | undefined;
  /** All must match. */
  readonly tags?: readonly string[] | undefined;
  /** A price category's name. */
  readonly category?: string | undefined;
  /** What a price category of the show costs; of the one that is named, where one is. */
  readonly price?: PriceRange | undefined;
}

export interface SearchQuestion extends SearchFilters {
  readonly from: string;
  /** `relevance` only with `q`, `distance` only with `near`. */
  readonly sort: 'relevance' | 'distance' | 'startsAt';
  /** Key and id of the last hit of the page before. */
  readonly after: readonly [key: number | string, id: string] | null;
  /** How many hits at most. */
  readonly limit: number;
}

export interface VenueFound {
  readonly id: string;
  readonly name: string;
  readonly address: string | null;
  readonly city: string;
  readonly country: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly timeZone: string;
}

export interface EventFound {
  readonly id: string;
  readonly title: string;
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly status: string;
  /** The first of the shows that match. */
  readonly nextShow: {
    readonly id: string;
    readonly startsAt: string;
    readonly timeZone: string;
    readonly venue: VenueFound;
  };
  /** The lowest price of the shows that match, in whatever category. */
  readonly priceFrom: Money | null;
  /** Of `nextShow`. */
  readonly free: number;
  readonly distanceKm?: number;
}

/** `key`: what the hits are sorted by, then their ids; a time as RFC 3339, else a number. */
export interface SearchHit {
  readonly event: EventFound;
  readonly key: number | string;
}

export interface Facet {
  readonly value: string;
  /** Events that match and have it. */
  readonly count: number;
}

/** Of all events that match, not of one page. A value of which there are many stands first; months stand in order. */
export interface Facets {
  readonly types: readonly Facet[];
  readonly tags: readonly Facet[];
  readonly cities: readonly { id: string; name: string; country: string | null; count: number }[];
  /** `2027-05`, by the clocks of the place. */
  readonly months: readonly Facet[];
}

export const NO_FACETS: Facets = { types: [], tags: [], cities: [], months: [] };

export interface SearchFound {
  readonly hits: readonly SearchHit[];
  readonly facets: Facets;
}

/** Types, tags and cities of a facet at most, and months. */
export const FACET_VALUES_MAX = 50;
export const FACET_MONTHS_MAX = 120;

/** Throws Faults: a `SearchUnavailable` says that the index is away, a `SearchForeign` that it is another's. */
export interface SearchIndex {
  find(question: SearchQuestion): Promise<SearchHit[]>;
  /** The same with facets, for less than two questions take. */
  findWithFacets(question: SearchQuestion): Promise<SearchFound>;
  /** How far along the log it can be searched, as far as is known here. */
  position(): number;
  waitFor(position: number, timeoutMs: number): Promise<unknown>;
}
