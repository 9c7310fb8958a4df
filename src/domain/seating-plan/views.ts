// A seating plan as the api shows it after it was drawn; the seats themselves are read from the plan.
import type { Area, Category } from './plan.ts';
import type { SeatingPlanState } from './seating-plan.ts';

export interface SeatingPlanView {
  readonly id: string;
  readonly venueId: string;
  readonly name: string;
  readonly seatCount: number;
  readonly categories: readonly Category[];
  readonly areas: readonly Area[];
}

/** null: there is no such plan. */
export function seatingPlanView(id: string, { head }: SeatingPlanState): SeatingPlanView | null {
  if (head === null) return null;
  const { venueId, name, seatCount, categories, areas } = head;
  return { id, venueId, name, seatCount, categories, areas };
}
