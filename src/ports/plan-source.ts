// Where seating plans come from that events name.
import type { SeatingPlan } from '../domain/seating-plan/plan.ts';

export interface PlanSource {
  /** Of those that were loaded. */
  get(id: string): SeatingPlan | undefined;
  /** From the log; undefined: there is none. */
  load(id: string): Promise<SeatingPlan | undefined>;
}
