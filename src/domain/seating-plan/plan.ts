// A seating plan as shows use it: immutable, indexed by seat number in plan order, shared by all shows that use it.

export interface Category {
  /** Unique in the plan; in pretix plans its name. */
  readonly id: string;
  readonly name: string;
  readonly color: string | null;
}

/** Places without numbers: a capacity and counts. */
export interface Area {
  readonly id: string;
  readonly name: string;
  readonly categoryId: string;
  readonly capacity: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Columns rather than objects: 100,000 seats stay a few megabytes. Index i is the i-th seat in plan order. */
export interface SeatingPlan {
  readonly id: string;
  readonly venueId: string;
  readonly name: string;
  readonly categories: readonly Category[];
  readonly areas: readonly Area[];
  readonly focalPoint: Point;
  readonly seatCount: number;
  readonly seatIds: readonly string[];
  readonly seatNumbers: readonly string[];
  /** seat id -> index. */
  readonly seatIndex: ReadonlyMap<string, number>;
  /** Index into `categories`. */
  readonly seatCategory: Uint16Array;
  /** Index into `rows`. */
  readonly seatRow: Uint32Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Rows are contiguous in plan order: seats start … end − 1. */
  readonly rows: readonly {
    readonly name: string;
    readonly zone: string;
    readonly start: number;
    readonly end: number;
  }[];
  readonly categoryIndex: ReadonlyMap<string, number>;
  readonly areaIndex: ReadonlyMap<string, number>;
  /** Index into `categories` for each area. */
  readonly areaCategory: Uint16Array;
}
