// The events of a seating plan (stream `seating-plan-<uuid>`): drawn once, never changed. Seats come in chunks of
// columns, so that a plan of 100,000 seats stays within the event sizes that event stores accept.
import type { DomainEvent } from '../event.ts';
import type { Area, Category, Point } from './plan.ts';

export interface RowColumns {
  readonly zone: string;
  readonly name: string;
  /** Parallel columns, one element a seat; `categories` are indexes into the plan's categories. */
  readonly ids: readonly string[];
  readonly numbers: readonly string[];
  readonly categories: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}
export type SeatingPlanDrawn = DomainEvent<
  'SeatingPlanDrawn',
  {
    readonly venueId: string;
    readonly name: string;
    readonly categories: readonly Category[];
    readonly areas: readonly Area[];
    readonly focalPoint: Point;
    readonly seatCount: number;
  }
>;
/** Some of the plan's rows, in plan order; a row is never split over two events unless it alone is too long. */
export type RowsDrawn = DomainEvent<
  'RowsDrawn',
  {
    readonly rows: readonly RowColumns[];
    /** The first of these rows goes on where the last of the event before ended. */
    readonly continued?: true;
  }
>;
export type SeatingPlanEvent = SeatingPlanDrawn | RowsDrawn;
