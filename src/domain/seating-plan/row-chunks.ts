// Cuts the rows of a plan into events of bounded size.
import type { RowColumns, RowsDrawn } from './events.ts';

const CHUNK_SEATS_MAX = 5_000;
const CHUNK_BYTES_MAX = 256 * 1024;
/** JSON around one row's columns, and around one seat's numbers in them. */
const ROW_BYTES = 100;
const SEAT_BYTES = 12;

/** The events of these rows, in order. */
export function rowEvents(rows: readonly RowColumns[]): RowsDrawn[] {
  const events: RowsDrawn[] = [];
  let chunk: RowColumns[] = [];
  let [seats, bytes] = [0, 0];
  const close = (): void => {
    if (chunk.length > 0) events.push({ type: 'RowsDrawn', data: { rows: chunk } });
    [chunk, seats, bytes] = [[], 0, 0];
  };
  for (const row of rows) {
    const [head, ...tail] = pieces(row);
    if (seats + head!.row.ids.length > CHUNK_SEATS_MAX || bytes + head!.bytes > CHUNK_BYTES_MAX) close();
    chunk.push(head!.row);
    seats += head!.row.ids.length;
    bytes += head!.bytes;
    for (const piece of tail) {
      close();
      events.push({ type: 'RowsDrawn', data: { rows: [piece.row], continued: true } });
    }
  }
  close();
  return events;
}

interface Piece {
  readonly row: RowColumns;
  readonly bytes: number;
}

/** A row as it is, or where it alone is too long in pieces that are not. */
function pieces(row: RowColumns): Piece[] {
  const overhead = ROW_BYTES + bytesOf(row.zone) + bytesOf(row.name);
  const found: Piece[] = [];
  let [start, bytes] = [0, overhead];
  const cut = (end: number): void => {
    found.push({ row: start === 0 && end === row.ids.length ? row : partOf(row, start, end), bytes });
    [start, bytes] = [end, overhead];
  };
  for (let seat = 0; seat < row.ids.length; seat += 1) {
    const more = seatBytes(row, seat);
    if (seat > start && (seat - start === CHUNK_SEATS_MAX || bytes + more > CHUNK_BYTES_MAX)) cut(seat);
    bytes += more;
  }
  cut(row.ids.length);
  return found;
}

function partOf(
  { zone, name, ids, numbers, categories, x, y }: RowColumns,
  start: number,
  end: number,
): RowColumns {
  const part = <T>(column: readonly T[]): T[] => column.slice(start, end);
  return {
    zone,
    name,
    ids: part(ids),
    numbers: part(numbers),
    categories: part(categories),
    x: part(x),
    y: part(y),
  };
}

function seatBytes({ ids, numbers, x, y }: RowColumns, seat: number): number {
  const digits = String(x[seat]).length + String(y[seat]).length;
  return SEAT_BYTES + bytesOf(ids[seat]!) + bytesOf(numbers[seat]!) + digits;
}

/** Of the text as JSON, at most; nearly all texts are ASCII, of which each character is a byte. */
// eslint-disable-next-line no-control-regex
const bytesOf = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length * 2 : text.length * 6);

/** The rows of events in order, pieces joined again. */
export function rowsOf(events: readonly RowsDrawn[]): RowColumns[] {
  const rows: RowColumns[] = [];
  for (const { data } of events) {
    const [first, ...others] = data.rows;
    if (first === undefined) continue;
    if (data.continued) rows.push(joined(rows.pop()!, first));
    else rows.push(first);
    rows.push(...others);
  }
  return rows;
}

function joined(a: RowColumns, b: RowColumns): RowColumns {
  return {
    zone: a.zone,
    name: a.name,
    ids: [...a.ids, ...b.ids],
    numbers: [...a.numbers, ...b.numbers],
    categories: [...a.categories, ...b.categories],
    x: [...a.x, ...b.x],
    y: [...a.y, ...b.y],
  };
}
