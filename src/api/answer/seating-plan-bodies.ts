// Seating plans as ready bytes: they never change, and one of 100,000 seats takes a tenth of a second to write down.
import type { SeatingPlan } from '../../domain/seating-plan/plan.ts';

const BYTES_MAX = 96 * 1024 * 1024;

export class SeatingPlanBodies {
  /** The longest unused first. */
  readonly #bodies = new Map<string, Buffer>();
  #bytes = 0;

  of(plan: SeatingPlan): Buffer {
    const body =
      this.#bodies.get(plan.id) ?? Buffer.from(JSON.stringify({ seatingPlan: seatingPlanAnswer(plan) }));
    if (!this.#bodies.delete(plan.id)) this.#bytes += body.length;
    this.#bodies.set(plan.id, body);
    for (const [id, oldest] of this.#bodies) {
      if (this.#bytes <= BYTES_MAX || id === plan.id) break;
      this.#bodies.delete(id);
      this.#bytes -= oldest.length;
    }
    return body;
  }
}

function seatingPlanAnswer(plan: SeatingPlan): Record<string, unknown> {
  const { id, venueId, name, seatCount, categories, focalPoint, areas } = plan;
  const seats = plan.seatIds.map((seatId, i) => {
    const row = plan.rows[plan.seatRow[i] as number];
    return {
      id: seatId,
      row: row?.name ?? '',
      number: plan.seatNumbers[i],
      categoryId: categories[plan.seatCategory[i] as number]?.id,
      x: plan.x[i],
      y: plan.y[i],
      zone: row?.zone ?? '',
    };
  });
  return { id, venueId, name, seatCount, categories, focalPoint, seats, areas };
}
