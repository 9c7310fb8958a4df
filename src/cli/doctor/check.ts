// What a check of `fairseat doctor` says, and what checks share.
import type { Session } from '../../profiles/command-line.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do when it is not. */
  readonly remedy: string;
}

export type Engine = Session['engine'];
/** Seconds from a position to the end of the log, or why the log does not say. */
export type Behind = (position: number) => Promise<number | Error>;

/** The answer, or why there is none. */
export const known = <T>(asked: Promise<T>): Promise<T | Error> =>
  asked.catch((error: unknown) => error as Error);
