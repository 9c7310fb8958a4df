// Local times of a feed -> UTC. Feeds give wall clocks without an offset, so the source's time zone decides, also in
// the two hours a year in which a wall clock shows a time twice or not at all (docs/decisions/0008).
import { DateTime, FixedOffsetZone, IANAZone } from 'luxon';
import type { Zone } from 'luxon';

const WRITTEN =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/i;
const LENGTH_MAX = 40;
const YEAR_MIN = 1970;
/** Of the year 10000: RFC 3339 has four digits for a year, and so has what reads it. */
const UTC_END_MS = Date.UTC(10_000, 0, 1);

/**
 * RFC 3339 UTC of `2021-06-30T21:00:00` in the given IANA zone, or of a time that carries its own offset.
 * A time that the clocks skip is moved forward by what they skip; of a time shown twice the first is meant.
 * Null when there is no such date or time.
 */
export function localToUtc(written: string, timeZone: string): string | null {
  if (written.length > LENGTH_MAX) return null;
  const key = `${timeZone} ${written}`;
  let utc = recent.get(key);
  if (utc === undefined) {
    utc = converted(written, timeZone);
    if (recent.size >= RECENT_MAX) recent.clear();
    recent.set(key, utc);
  }
  return utc;
}

/** Shows of one evening share their times, and a conversion costs 50 µs. */
const recent = new Map<string, string | null>();
const RECENT_MAX = 10_000;

function converted(written: string, timeZone: string): string | null {
  const parts = WRITTEN.exec(written);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((p) => Number(p ?? 0));
  if (year === undefined || year < YEAR_MIN) return null;
  const time = DateTime.fromObject(
    { year, month, day, hour, minute, second },
    { zone: zoneOf(parts[7], timeZone) },
  );
  if (!time.isValid || hour === 24) return null;
  const first = time.getPossibleOffsets().reduce((a, b) => (a.toMillis() <= b.toMillis() ? a : b), time);
  return first.toMillis() < UTC_END_MS ? new Date(first.toMillis()).toISOString() : null;
}

function zoneOf(offset: string | undefined, timeZone: string): Zone {
  if (offset === undefined) return IANAZone.create(timeZone);
  if (/^z$/i.test(offset)) return FixedOffsetZone.utcInstance;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return FixedOffsetZone.instance(offset.startsWith('-') ? -minutes : minutes);
}
