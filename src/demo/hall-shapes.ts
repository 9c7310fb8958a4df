// Seats of the demo's halls, drawn by formula: rows as arcs around a stage, blocks as pieces of an oval around a pitch.
import type { RowColumns } from '../domain/seating-plan/events.ts';

export interface ArcBlock {
  readonly zone: string;
  /** In front of every seat id of the block; makes ids unique in the hall. */
  readonly prefix: string;
  /** Index of the hall's category. */
  readonly category: number;
  readonly rows: number;
  readonly seatsOfRow: (row: number) => number;
  /** Distance of the first row from the stage, and between rows; a seat is 0.55 wide. */
  readonly radius: number;
  readonly step?: number;
}

export interface OvalBlock {
  readonly zone: string;
  readonly prefix: string;
  readonly category: number;
  readonly rows: number;
  readonly seats: number;
  /** Half axes of the first row. */
  readonly across: number;
  readonly along: number;
  /** Angles, radians; 0 is the right end. */
  readonly from: number;
  readonly to: number;
}

const SEAT_WIDTH = 0.55;
const ROW_STEP = 0.9;

/** Rows A, B, C … as arcs of circles around the stage at 0, 0; the audience is on the side of growing y. */
export function arcBlock({
  zone,
  prefix,
  category,
  rows,
  seatsOfRow,
  radius,
  step = ROW_STEP,
}: ArcBlock): RowColumns[] {
  return Array.from({ length: rows }, (_, r) => {
    const around = radius + r * step;
    const count = seatsOfRow(r);
    return rowOf({ zone, name: letters(r), prefix, category, count }, (s) => {
      const angle = ((s - (count - 1) / 2) * SEAT_WIDTH) / around;
      return [around * Math.sin(angle), around * Math.cos(angle)];
    });
  });
}

/** Rows 1, 2, 3 … as pieces of ellipses around a pitch at 0, 0, each row further out. */
export function ovalBlock({
  zone,
  prefix,
  category,
  rows,
  seats,
  across,
  along,
  from,
  to,
}: OvalBlock): RowColumns[] {
  const aisle = (to - from) * 0.05;
  const width = (to - from - 2 * aisle) / Math.max(1, seats - 1);
  return Array.from({ length: rows }, (_, r) => {
    const out = r * ROW_STEP;
    return rowOf({ zone, name: String(r + 1), prefix, category, count: seats }, (s) => {
      const angle = from + aisle + s * width;
      return [(across + out) * Math.cos(angle), (along + out) * Math.sin(angle)];
    });
  });
}

interface Row {
  readonly zone: string;
  readonly name: string;
  readonly prefix: string;
  readonly category: number;
  readonly count: number;
}

function rowOf(
  { zone, name, prefix, category, count }: Row,
  place: (seat: number) => readonly [number, number],
): RowColumns {
  const seats = Array.from({ length: count }, (_, s) => s);
  const at = seats.map(place);
  return {
    zone,
    name,
    ids: seats.map((s) => `${prefix}${name}-${s + 1}`),
    numbers: seats.map((s) => String(s + 1)),
    categories: seats.map(() => category),
    x: at.map(([x]) => rounded(x)),
    y: at.map(([, y]) => rounded(y)),
  };
}

/** A … Z, AA, AB … */
function letters(n: number): string {
  return (n >= 26 ? letters(Math.floor(n / 26) - 1) : '') + String.fromCodePoint(65 + (n % 26));
}

/** Centimetres are enough for a map, and half as long in the log. */
function rounded(metres: number): number {
  return Math.round(metres * 100) / 100;
}
