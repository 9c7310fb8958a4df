// What was sold before anybody looks: tickets of made-up customers, through the same holds and confirmations as any.
import type { CommandPipeline } from '../commands/pipeline.ts';
import type { ShowCommand } from '../domain/show/commands.ts';
import type { ShowAggregate } from '../domain/show/show.ts';
import { Chance } from './chance.ts';
import { demoClientId, demoContext, demoCustomer, demoId } from './demo-ids.ts';
import type { Hall } from './halls.ts';
import type { DemoShow } from './programme.ts';

interface Seller {
  readonly pipeline: CommandPipeline;
  readonly shows: ShowAggregate;
  readonly seed: number;
}

const TICKETS_MAX = 10;
const CUSTOMERS = 40_000;
const WAITING = 7;
/** Of a large hall whose tickets went elsewhere, every so many rows are left. */
const ROWS_LEFT_OF = 12;
const ELSEWHERE = 'Sold at the box office and by partners';

/** Sells what the show's profile says. May be repeated: what was sold stays sold once. */
export async function sellBeforehand(
  seller: Seller,
  showId: string,
  show: DemoShow,
  hall: Hall,
): Promise<void> {
  const chance = new Chance(seller.seed, `sales ${show.key}`);
  const office = new BoxOffice(seller, showId, show.key, chance);
  switch (show.sales) {
    case 'some':
      // Nothing can be sold before sales open.
      if (show.salesOpenDay === null) await sellSome(office, hall, chance);
      return;
    case 'nearlySoldOut':
      for (const [category, places] of placesByCategory(hall))
        await office.sell(category, places - chance.between(1, 4), () => chance.between(4, TICKETS_MAX));
      return;
    case 'soldOutWithLine':
      for (const [category, places] of placesByCategory(hall))
        await office.sell(category, places, () => TICKETS_MAX);
      await office.queueUp(hall.categories[0]?.id ?? '', WAITING);
      return;
    case 'mostlyBlocked':
      await sellSome(office, hall, chance);
      await office.send(takenElsewhere(hall), 'block');
  }
}

async function sellSome(office: BoxOffice, hall: Hall, chance: Chance): Promise<void> {
  const sales = chance.between(0, 7);
  for (let n = 0; n < sales; n++)
    await office.order(chance.of(hall.categories).id, chance.between(1, 4), true);
}

function placesByCategory({ categories, rows, areas }: Hall): Map<string, number> {
  const places = new Map(categories.map((c) => [c.id, 0]));
  for (const row of rows) {
    for (const c of row.categories) {
      const id = categories[c]?.id ?? '';
      places.set(id, (places.get(id) ?? 0) + 1);
    }
  }
  for (const area of areas) places.set(area.categoryId, (places.get(area.categoryId) ?? 0) + area.capacity);
  return places;
}

/** Rows of a block stay or go together; the first rows, where the demo sold its own tickets, are left. */
function takenElsewhere({ rows, areas }: Hall): ShowCommand {
  const taken = rows.filter((row, r) => Number(row.name) > 3 && r % ROWS_LEFT_OF !== 0);
  return {
    kind: 'BlockSeats',
    seats: taken.flatMap((row) => row.ids),
    areas: areas.map(({ id, capacity }) => ({ areaId: id, quantity: Math.floor(capacity * 0.9) })),
    reason: ELSEWHERE,
  };
}

/** One customer after another at the window of one show. */
class BoxOffice {
  readonly #seller: Seller;
  readonly #showId: string;
  readonly #key: string;
  readonly #chance: Chance;
  #served = 0;

  constructor(seller: Seller, showId: string, key: string, chance: Chance) {
    this.#seller = seller;
    this.#showId = showId;
    this.#key = key;
    this.#chance = chance;
  }

  /** Sells so many places of a category, in orders of so many tickets. */
  async sell(categoryId: string, places: number, tickets: () => number): Promise<void> {
    for (let left = places; left > 0;) {
      const quantity = Math.min(tickets(), left);
      await this.order(categoryId, quantity, false);
      left -= quantity;
    }
  }

  async queueUp(categoryId: string, parties: number): Promise<void> {
    const { seed } = this.#seller;
    for (let n = 0; n < parties; n++) {
      const entryId = demoId(seed, this.#key, 'wait', n);
      const offerHoldId = demoId(seed, this.#key, 'offer', n);
      const quantity = this.#chance.between(1, 4);
      const customerId = demoCustomer(CUSTOMERS + n);
      const join = {
        kind: 'JoinWaitlist',
        entryId,
        offerHoldId,
        clientId: demoClientId(seed),
        customerId,
        categoryId,
        quantity,
        acceptFewer: n % 2 === 0,
      } as const;
      await this.send(join, 'wait', n);
    }
  }

  /** Whether it was accepted: what the demo asks for may be gone when the demo goes on after a break. */
  async send(command: ShowCommand, ...step: readonly (string | number)[]): Promise<boolean> {
    const { pipeline, shows, seed } = this.#seller;
    const context = demoContext(seed, this.#key, ...step);
    return (await pipeline.execute(shows, this.#showId, command, context, () => null)).ok;
  }

  /** One customer's tickets, held and paid for. */
  async order(categoryId: string, quantity: number, together: boolean): Promise<void> {
    const { seed } = this.#seller;
    const n = this.#served++;
    const clientId = demoClientId(seed);
    const holdId = demoId(seed, this.#key, 'hold', n);
    const bookingId = demoId(seed, this.#key, 'booking', n);
    const customerId = demoCustomer(this.#chance.between(0, CUSTOMERS - 1));
    const bestAvailable = { categoryId, quantity, together };
    const held = await this.send(
      { kind: 'HoldSeats', holdId, clientId, customerId, seats: [], areas: [], bestAvailable },
      'hold',
      n,
    );
    if (!held) return;
    const caller = { clientId, all: true };
    await this.send(
      { kind: 'ConfirmHold', holdId, bookingId, paymentReference: `demo-${n + 1}`, caller },
      'booking',
      n,
    );
  }
}
