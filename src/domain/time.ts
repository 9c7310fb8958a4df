// Times as events write them (RFC 3339 UTC with milliseconds) and as states count them. Folding a million events parses
// two million of them, most of the same day: the day is parsed once, which takes a fifth of the time of Date.parse.

const WRITTEN_LENGTH = '2027-03-01T12:00:00.000Z'.length;
const ZERO = '0'.charCodeAt(0);

let lastDay = '';
let lastDayMs = 0;

/** Milliseconds since 1970 of an RFC 3339 time; NaN for what is none. */
export function toMs(iso: string): number {
  if (iso.length !== WRITTEN_LENGTH || iso[10] !== 'T' || iso[19] !== '.' || iso[23] !== 'Z')
    return Date.parse(iso);
  const day = iso.slice(0, 10);
  if (day !== lastDay) {
    lastDayMs = Date.parse(day);
    lastDay = day;
  }
  const two = (at: number): number => (iso.charCodeAt(at) - ZERO) * 10 + iso.charCodeAt(at + 1) - ZERO;
  const seconds = two(11) * 3600 + two(14) * 60 + two(17);
  return lastDayMs + seconds * 1000 + (iso.charCodeAt(20) - ZERO) * 100 + two(21);
}

let lastMs = NaN;
let lastIso = '';

/** The time as events write it. All holds of a batch end at one time: its text is made once. */
export function toIso(ms: number): string {
  if (ms !== lastMs) {
    lastIso = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastIso;
}
