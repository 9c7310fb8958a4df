// What the customers of a recording do: they want seats that others want too, change their minds, walk away, stand in line,
// and look at what they have. Everybody is somebody else, so that ticket limits play no part.
import type { Answer, EntrySeen, Held, ShowOnSale, Wish } from '../history.ts';
import type { Chance } from './chance.ts';

export interface Booth {
  readonly chance: Chance;
  /** One of those on sale now. */
  show(): ShowOnSale;
  ask(showId: string, asked: Wish): Promise<Answer>;
  pause(ms: number): Promise<void>;
}

const LINE_SHARE = 0.35;
const LOOKS_AT_LINE_MAX = 6;

/** One customer, from the first wish to the last. */
export async function serveCustomer(booth: Booth): Promise<void> {
  const show = booth.show();
  const customer = new Customer(booth, show);
  if (show.places > 0 && booth.chance.happens(LINE_SHARE)) await customer.wantsPlaces();
  else await customer.wantsSeats();
}

class Customer {
  readonly #booth: Booth;
  readonly #chance: Chance;
  readonly #show: ShowOnSale;

  constructor(booth: Booth, show: ShowOnSale) {
    this.#booth = booth;
    this.#chance = booth.chance;
    this.#show = show;
  }

  async wantsSeats(): Promise<void> {
    const quantity = 1 + this.#chance.below(3);
    const wish: Wish = this.#chance.happens(0.2)
      ? { does: 'hold-best', quantity }
      : { does: 'hold', seats: this.#chance.some(this.#show.seats, quantity) };
    await this.#makeUpMind(await this.#ask(wish), 0);
  }

  async wantsPlaces(): Promise<void> {
    const quantity = 1 + this.#chance.below(2);
    const answer = await this.#ask({ does: 'hold-places', quantity });
    if (answer.kind !== 'refused') return this.#makeUpMind(answer, quantity);
    const joined = await this.#ask({ does: 'join', quantity });
    if (joined.kind === 'done' && joined.entry) await this.#stand(joined.entry, quantity);
  }

  #ask(asked: Wish): Promise<Answer> {
    return this.#booth.ask(this.#show.id, asked);
  }

  async #makeUpMind(answer: Answer, places: number): Promise<void> {
    if (answer.kind !== 'done' || !answer.hold) return;
    const { id: holdId, seats } = answer.hold;
    await this.#decide({ holdId, seats, places });
  }

  async #decide(held: Held): Promise<void> {
    if (this.#chance.happens(0.4)) await this.#ask({ does: 'read-hold', held });
    if (this.#chance.happens(0.1)) return; // walks away; the hold lapses
    const way = this.#chance.next();
    if (way < 0.4) await this.#ask({ does: 'release', held });
    else if (way < 0.55) await Promise.all([this.#ask({ does: 'release', held }), this.#buy(held)]);
    else await this.#buy(held);
    if (this.#chance.happens(0.4)) await this.#ask({ does: 'read-hold', held });
  }

  async #buy(held: Held): Promise<void> {
    const confirmed = await this.#ask({ does: 'confirm', held });
    if (confirmed.kind !== 'done' || !confirmed.booking) return;
    const bookingId = confirmed.booking.id;
    if (this.#chance.happens(0.4)) await this.#ask({ does: 'read-booking', held, bookingId });
    if (this.#chance.happens(0.95)) await this.#ask({ does: 'cancel', held, bookingId });
    if (this.#chance.happens(0.4)) await this.#ask({ does: 'read-booking', held, bookingId });
  }

  async #stand(joined: EntrySeen, quantity: number): Promise<void> {
    let entry = joined;
    for (let looks = 0; entry.status === 'waiting' && looks < LOOKS_AT_LINE_MAX; looks += 1) {
      await this.#booth.pause(this.#chance.between(1, 40));
      const seen = await this.#ask({ does: 'read-entry', entryId: entry.id });
      if (seen.kind === 'done' && seen.entry) entry = seen.entry;
    }
    if (entry.offer !== null && this.#chance.happens(0.7))
      return this.#decide({ holdId: entry.offer.holdId, seats: [], places: quantity, entryId: entry.id });
    if (this.#chance.happens(0.9)) await this.#ask({ does: 'leave', entryId: entry.id });
    if (this.#chance.happens(0.3)) await this.#ask({ does: 'read-entry', entryId: entry.id });
  }
}
