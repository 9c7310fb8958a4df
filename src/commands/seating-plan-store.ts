// Seating plans in memory, loaded from their streams when an event or a caller names them. A plan never changes, so what
// is here is right for ever; all shows of a plan share the one object.
import type { SeatingPlanEvent } from '../domain/seating-plan/events.ts';
import type { SeatingPlan } from '../domain/seating-plan/plan.ts';
import { foldSeatingPlan } from '../domain/seating-plan/seating-plan.ts';
import type { EventLog } from '../ports/event-log.ts';

interface Bounds {
  /** Seats of all plans kept; about 250 bytes a seat. */
  readonly seatsMax?: number;
  /** So many plans are kept however large they are: one that was just loaded must not be gone when it is looked at. */
  readonly plansMin?: number;
}

/** What a plan without seats counts for. */
const PLAN_OVERHEAD_SEATS = 20;

export class SeatingPlanStore {
  readonly #log: EventLog;
  readonly #seatsMax: number;
  readonly #plansMin: number;
  /** The longest unused first. */
  readonly #plans = new Map<string, SeatingPlan>();
  readonly #loading = new Map<string, Promise<SeatingPlan | undefined>>();
  #seats = 0;

  constructor(log: EventLog, { seatsMax = 4_000_000, plansMin = 16 }: Bounds = {}) {
    this.#log = log;
    this.#seatsMax = seatsMax;
    this.#plansMin = plansMin;
  }

  /** The plan if it is in memory. */
  get(id: string): SeatingPlan | undefined {
    const plan = this.#plans.get(id);
    if (plan === undefined) return undefined;
    this.#plans.delete(id);
    this.#plans.set(id, plan);
    return plan;
  }

  /** The plan, from the log if need be; undefined where there is none. Callers at the same time share one read. */
  load(id: string): Promise<SeatingPlan | undefined> {
    const plan = this.get(id);
    if (plan !== undefined) return Promise.resolve(plan);
    let loading = this.#loading.get(id);
    if (loading === undefined) {
      loading = this.#read(id).finally(() => this.#loading.delete(id));
      this.#loading.set(id, loading);
    }
    return loading;
  }

  /** Keeps a plan that was just drawn. */
  put(plan: SeatingPlan): void {
    if (this.#plans.delete(plan.id)) this.#seats -= weight(plan);
    this.#plans.set(plan.id, plan);
    this.#seats += weight(plan);
    for (const [id, oldest] of this.#plans) {
      if (this.#seats <= this.#seatsMax || this.#plans.size <= this.#plansMin) return;
      this.#plans.delete(id);
      this.#seats -= weight(oldest);
    }
  }

  async #read(id: string): Promise<SeatingPlan | undefined> {
    const events: SeatingPlanEvent[] = [];
    for await (const page of this.#log.readStream(`seating-plan-${id}`, 0)) {
      for (const event of page) events.push(event as SeatingPlanEvent);
    }
    const plan = foldSeatingPlan(id, events);
    if (plan !== undefined) this.put(plan);
    return plan;
  }
}

const weight = (plan: SeatingPlan): number => plan.seatCount + PLAN_OVERHEAD_SEATS;
