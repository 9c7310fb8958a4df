// Cursors: where a page ended, as an opaque text. It belongs to the question that it came from, and everything in it is
// checked when it comes back, as anybody may have written it.
import { createHash } from 'node:crypto';
import { isTime, isUuidInAnyCase } from './query.ts';

/** A cursor that is garbage, or of another question. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
  constructor() {
    super(
      'This cursor does not belong to this question: give `nextCursor` of the page before, with the same parameters.',
    );
  }
}

type Kind = 'integer' | 'number' | 'text' | 'uuid' | 'time';
export type Key = readonly (string | number)[];

const VALID: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => Number.isFinite(value),
  text: (value) => typeof value === 'string' && !value.includes('\0'),
  uuid: (value) => typeof value === 'string' && isUuidInAnyCase(value),
  time: (value) => typeof value === 'string' && isTime(value),
};

/** `question`: everything that was asked but limit and cursor. */
export function writeCursor(question: unknown, key: Key): string {
  return Buffer.from(JSON.stringify([fingerprint(question), ...key])).toString('base64url');
}

/** The key of the last item of the page before, or null at the beginning; throws InvalidCursor. */
export function readCursor(
  cursor: string | undefined,
  question: unknown,
  kinds: readonly Kind[],
): Key | null {
  if (cursor === undefined) return null;
  const [print, ...key] = parse(cursor);
  if (print !== fingerprint(question) || key.length !== kinds.length) throw new InvalidCursor();
  if (!kinds.every((kind, i) => VALID[kind](key[i]))) throw new InvalidCursor();
  return key as Key;
}

/** Cuts the one row too many that tells whether there is a next page. */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  shape: (row: R) => T,
  cursorOf: (last: R) => string,
): { data: T[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  return { data: shown.map(shape), nextCursor: rows.length > limit ? cursorOf(shown.at(-1)!) : null };
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value)) return value;
  } catch {
    // not ours
  }
  throw new InvalidCursor();
}

const fingerprint = (question: unknown): string =>
  createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 8);
