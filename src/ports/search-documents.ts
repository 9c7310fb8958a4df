// What an index outside Postgres is made of: one document for each event, written in any order and any number of times.
import type { GeoPoint } from '../domain/globe.ts';
import type { VenueFound } from './search-index.ts';

export interface ShowDocument {
  readonly id: string;
  /** RFC 3339. */
  readonly startsAt: string;
  readonly timeZone: string;
  /** By the clocks of the place: `2027-05`. */
  readonly month: string;
  readonly venueId: string;
  readonly cityId: string;
  readonly point: GeoPoint | null;
  /** Names of price categories, folded. */
  readonly categories: readonly string[];
  /** What each of them costs, in minor units of `currency`. */
  readonly amounts: readonly number[];
  readonly priceFrom: number | null;
  readonly currency: string | null;
  readonly free: number;
}

export interface EventDocument {
  readonly id: string;
  readonly status: string;
  readonly title: string;
  readonly description: string | null;
  readonly type: string | null;
  readonly tags: readonly string[];
  readonly language: string | null;
  /** In order of time; cancelled ones are left out. */
  readonly shows: readonly ShowDocument[];
  /** Of all its shows, cancelled ones included: they are found by. */
  readonly venues: readonly VenueFound[];
}

/** Documents as they were when everything up to `position` had been seen, and perhaps more. */
export interface DocumentBatch {
  readonly position: number;
  readonly documents: readonly EventDocument[];
}

/** A document that the index will not take, however often it is sent. */
export interface RefusedDocument {
  readonly id: string;
  readonly reason: string;
}

/** One generation of an index: documents, and how far along the log they have come, kept together. */
export interface SearchGeneration {
  readonly name: string;
  /** What its documents were made from, as it was when this was read; null: nothing is in it yet. */
  readonly origin: string | null;
  /** Notes what it is made from. */
  belongTo(origin: string): Promise<void>;
  /** 0: nothing yet. */
  progress(): Promise<number>;
  /** Writes what is newer than what is there, and nothing else; says what was refused. A Fault: send all of it again. */
  put(batch: DocumentBatch): Promise<readonly RefusedDocument[]>;
  /** Makes all that was put findable, and then says so: everything up to `position` is there. */
  advance(position: number): Promise<void>;
}

export interface SearchGenerations {
  /**
   * The generation that serves, if its documents have the shape that this program writes; null: one must be built; `newer`:
   * a newer program has made it, and this one leaves it alone.
   */
  serving(): Promise<SearchGeneration | 'newer' | null>;
  /** A new and empty one, beside the one that serves. */
  create(): Promise<SearchGeneration>;
  /**
   * Lets it serve from now on, in one step; all others are dropped when the last searches in them have ended, but for those
   * that a newer program makes. A Fault where one of these serves.
   */
  serve(generation: SearchGeneration): Promise<void>;
}

/** Which log (`identityOf`) the origin of a generation names. */
export const logOfDocuments = (origin: string): string => origin.split(' ')[0]!;
