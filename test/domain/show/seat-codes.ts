// What the map must say of every seat, one after another: the yardstick for what is kept up to date seat by seat.
import type { SeatStatus } from '../../../src/domain/show/seat-map.ts';
import type { ShowState } from '../../../src/domain/show/show.ts';
import { isKept, seenStatus } from '../../../src/domain/show/views.ts';

/** In plan order: 0 free, 1 held, 2 booked, 3 blocked or kept for the line. */
export const seatCodes = (state: ShowState): SeatStatus[] =>
  Array.from(state.plan.seatCategory, (category, seat) =>
    seenStatus(state.seats.status[seat] as SeatStatus, isKept(state, category)),
  );
