// A second opinion on the line of a show: who waits in which order, and whom an offer or a hold may pass.
import type { SeatsHeld, SeatsOffered, WaitlistJoined } from '../../../src/domain/show/events.ts';
import type { ShowModel } from './show-model.ts';
import { claim } from './violation.ts';

export interface EntryModel {
  readonly id: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly categoryId: string;
  readonly quantity: number;
  readonly acceptFewer: boolean;
  place: number;
  state: 'waiting' | 'offered' | 'over';
}

export class LineModel {
  readonly entries = new Map<string, EntryModel>();
  readonly #show: ShowModel;
  /** Who waits, by category, in order. */
  readonly #waiting = new Map<string, EntryModel[]>();

  constructor(show: ShowModel) {
    this.#show = show;
  }

  waitingFor(categoryId: string): readonly EntryModel[] {
    return this.#waiting.get(categoryId) ?? [];
  }

  join({
    entryId: id,
    clientId,
    customerId,
    categoryId,
    quantity,
    acceptFewer,
    place,
  }: WaitlistJoined['data']): void {
    claim(!this.entries.has(id), 8, () => `${this.#name}: ${id} joined twice`);
    const line = this.#line(categoryId);
    const last = line.at(-1);
    claim(
      last === undefined || last.place < place,
      7,
      () => `${this.#name}: ${id} joined in front of ${last?.id}`,
    );
    const double = line.some((entry) => entry.customerId === customerId);
    claim(!double, 7, () => `${this.#name}: ${customerId} stands in the line of ${categoryId} twice`);
    const entry: EntryModel = {
      id,
      clientId,
      customerId,
      categoryId,
      quantity,
      acceptFewer,
      place,
      state: 'waiting',
    };
    this.entries.set(id, entry);
    line.push(entry);
  }

  leave(entryId: string): void {
    this.#close(entryId, 'over');
  }

  /** The offer of an entry was taken, declined, or has lapsed. */
  close(entryId: string): void {
    const entry = this.entries.get(entryId);
    claim(
      entry?.state === 'offered',
      7,
      () => `${this.#name}: the offer of ${entryId} ends, and there is none`,
    );
    entry.state = 'over';
  }

  closeAll(): void {
    for (const entry of this.entries.values()) entry.state = 'over';
    this.#waiting.clear();
  }

  move(entryId: string, ahead: number, place: number): void {
    const entry = this.#close(entryId, 'waiting');
    const line = this.#line(entry.categoryId);
    entry.place = place;
    line.splice(ahead, 0, entry);
    const inOrder = line.every((one, i) => i === 0 || line[i - 1]!.place < one.place);
    claim(
      inOrder,
      7,
      () => `${this.#name}: ${entryId} was moved behind ${ahead}, and its place does not say so`,
    );
  }

  /** An offer passes those in front on the record, and under `strict` only who cannot be served. */
  offer({ entryId, categoryId, passed, seats, areas }: SeatsOffered['data']): void {
    const line = this.#line(categoryId);
    const at = line.findIndex(({ id }) => id === entryId);
    claim(at >= 0, 7, () => `${this.#name}: ${entryId} is offered seats and does not wait`);
    const front = line.slice(0, at);
    claim(
      front.map(({ id }) => id).join() === passed.join(),
      7,
      () => `${this.#name}: ${entryId} passed others off the record`,
    );
    if (this.#show.rules.waitlistPolicy === 'strict')
      for (const one of front)
        claim(this.#cannotBeServed(one), 7, () => `${this.#name}: ${entryId} was served before ${one.id}`);
    const places = areas.reduce((sum, { quantity }) => sum + quantity, seats.length);
    const [entry] = line.splice(at, 1) as [EntryModel];
    const right = places === entry.quantity || (entry.acceptFewer && places > 0 && places < entry.quantity);
    claim(right, 7, () => `${this.#name}: ${entryId} asked for ${entry.quantity} and is offered ${places}`);
    entry.state = 'offered';
  }

  /** What is free while somebody waits is kept: no hold takes it. */
  nobodyIsPassedBy({ holdId, seats, areas }: SeatsHeld['data']): void {
    const { hall } = this.#show;
    const categories = new Set(seats.map((seat) => hall.seats.get(seat)!));
    for (const { areaId } of areas) categories.add(this.#show.areas.get(areaId)!.categoryId);
    for (const category of categories)
      for (const entry of this.waitingFor(category))
        claim(
          this.#cannotBeServed(entry),
          7,
          () => `${this.#name}: ${holdId} took what was kept for ${entry.id}`,
        );
  }

  /** Whoever waits and could be served now, with what is free. */
  unserved(): EntryModel | undefined {
    for (const [category, line] of this.#waiting) {
      const free = this.#show.free(category);
      for (const entry of line) {
        if (free === 0) break;
        if (this.#cannotBeServed(entry)) continue;
        if (entry.quantity <= free || entry.acceptFewer) return entry;
        if (this.#show.rules.waitlistPolicy === 'strict') break;
      }
    }
    return undefined;
  }

  /** Its customer's limit stands in the way, or there is no place for so many. */
  #cannotBeServed({ customerId, quantity, acceptFewer, categoryId }: EntryModel): boolean {
    const show = this.#show;
    if (quantity > show.capacity(categoryId) && !acceptFewer) return true;
    const free = show.free(categoryId);
    const fewer = acceptFewer ? Math.max(1, Math.min(quantity, free)) : quantity;
    return show.ticketsOf(customerId) + fewer > show.rules.ticketsPerCustomer;
  }

  #close(entryId: string, state: EntryModel['state']): EntryModel {
    const entry = this.entries.get(entryId);
    claim(entry !== undefined, 7, () => `${this.#name}: there is no entry ${entryId}`);
    const line = this.#line(entry.categoryId);
    const at = line.indexOf(entry);
    if (at >= 0) line.splice(at, 1);
    entry.state = state;
    return entry;
  }

  #line(categoryId: string): EntryModel[] {
    let line = this.#waiting.get(categoryId);
    if (!line) this.#waiting.set(categoryId, (line = []));
    return line;
  }

  get #name(): string {
    return this.#show.name;
  }
}
