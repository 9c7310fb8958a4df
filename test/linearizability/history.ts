// What clients asked and what they heard: one line for each request, kept as NDJSON so that a history can be judged again.
import { readFileSync, writeFileSync } from 'node:fs';

/** What a client wants. `hold` of a show's numbered seats, of the best of them, or of places in its one unnumbered area. */
export type Wish =
  | { readonly does: 'hold'; readonly seats: readonly string[] }
  | { readonly does: 'hold-best'; readonly quantity: number }
  | { readonly does: 'hold-places'; readonly quantity: number }
  | { readonly does: 'release' | 'confirm' | 'read-hold'; readonly held: Held }
  | { readonly does: 'cancel' | 'read-booking'; readonly held: Held; readonly bookingId: string }
  | { readonly does: 'join'; readonly quantity: number }
  | { readonly does: 'leave' | 'read-entry'; readonly entryId: string }
  /** All seats as the map shows them, once it has seen every answer given before. */
  | { readonly does: 'read-map'; readonly after: number };

/** A hold that its client knows of. */
export interface Held {
  readonly holdId: string;
  readonly seats: readonly string[];
  /** Places in the unnumbered area. */
  readonly places: number;
  /** The entry whose offer it is. */
  readonly entryId?: string;
}

export interface Request {
  /** Attempts of one wish, sent again under the same key, share it. */
  readonly wish: number;
  readonly client: number;
  readonly showId: string;
  readonly asked: Wish;
  /** Of this one attempt: the correlation id of the events that come of it. */
  readonly requestId: string;
  /** ms since the recording began. */
  readonly calledAt: number;
}

/** Why an answer is unknown that is a 503 with `Retry-After`, as the contract has it. */
export const OUTAGE = '503';

export type Answer =
  /** Nothing came, or 5xx: it may have been done, now or later. */
  | { readonly kind: 'unknown'; readonly why: string }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly seats?: readonly string[];
      readonly free?: number;
    }
  | ({ readonly kind: 'done' } & Done);

export interface Done {
  /** It was done before, by an attempt whose answer was lost. */
  readonly replayed?: boolean;
  readonly revision?: number;
  readonly position?: number;
  readonly hold?: {
    readonly id: string;
    readonly status: HoldStatus;
    readonly seats: readonly string[];
    readonly until: string;
  };
  readonly booking?: { readonly id: string; readonly status: 'confirmed' | 'cancelled' };
  readonly entry?: EntrySeen;
  /** Two bits a seat, in plan order: 0 free, 1 held, 2 booked, 3 not on sale. */
  readonly map?: readonly number[];
}

export type HoldStatus = 'live' | 'confirmed' | 'released' | 'expired';

export interface EntrySeen {
  readonly id: string;
  readonly status: 'waiting' | 'offered' | 'taken' | 'declined' | 'lapsed' | 'left';
  readonly ahead: number;
  readonly offer: { readonly holdId: string; readonly until: string } | null;
}

export interface Attempt extends Request {
  /** ms since the recording began; null: nothing came back. */
  readonly returnedAt: number | null;
  readonly answer: Answer;
}

export interface ShowOnSale {
  readonly id: string;
  readonly seats: readonly string[];
  /** Places of its unnumbered area. */
  readonly places: number;
}

/** Where the log has what each wish did: which order to try first. Nothing is believed for it. */
export interface LogOrder {
  /** Revision by wish. */
  readonly done: Readonly<Record<number, number>>;
  /** Revision of the lapse of what a wish was given, by wish. */
  readonly lapsed: Readonly<Record<number, number>>;
}

export interface History {
  readonly name: string;
  /** Unix time, ms, when the recording began. */
  readonly beganAt: number;
  /** Whether the engine's clock was left alone: else a hold may lapse at any time. */
  readonly clockIsTrue: boolean;
  readonly shows: readonly ShowOnSale[];
  readonly attempts: readonly Attempt[];
  readonly logOrder?: LogOrder;
}

export function saveHistory(file: string, { attempts, ...head }: History): void {
  writeFileSync(file, `${[head, ...attempts].map((line) => JSON.stringify(line)).join('\n')}\n`);
}

export function loadHistory(file: string): History {
  const [head, ...attempts] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  return { ...(head as Omit<History, 'attempts'>), attempts: attempts as Attempt[] };
}
