// The books of one show, kept from its events by plain rules that share nothing with the engine: who has which seat and how
// many places, at every revision. Whatever contradicts the rules is noted.
import type { ShowOnSale } from '../history.ts';
import type { Logged } from './log.ts';

interface Share {
  readonly seats: readonly string[];
  readonly places: number;
  readonly until: number;
  state: 'held' | 'booked';
}

export interface Counts {
  readonly free: number;
  readonly held: number;
  readonly booked: number;
}

export class ShowBooks {
  readonly complaints: string[] = [];
  readonly #show: ShowOnSale;
  readonly #shares = new Map<string, Share>();
  readonly #ids = new Set<string>();
  readonly #owners = new Map<string, string>();
  readonly #waiting: string[] = [];
  #freePlaces: number;
  #at = 0;
  #revision = -1;

  constructor(show: ShowOnSale) {
    this.#show = show;
    this.#freePlaces = show.places;
  }

  enter(event: Logged): void {
    const { revision, data } = event;
    const at = Date.parse(event.at);
    this.#claim(revision === this.#revision + 1, event, `follows revision ${this.#revision}`);
    this.#claim(at >= this.#at, event, 'is earlier than the one before');
    this.#revision = revision;
    this.#at = at;
    switch (event.type) {
      case 'SeatsHeld':
        return this.#take(event, data.holdId);
      case 'SeatsOffered':
        this.#claim(this.#waiting[0] === data.entryId, event, 'passes somebody in the line');
        this.#leaveLine(data.entryId);
        return this.#take(event, data.holdId);
      case 'HoldReleased':
      case 'OfferDeclined':
        return this.#end(event, data.holdId, 'held');
      case 'HoldExpired':
      case 'OfferExpired':
        this.#claim(at >= (this.#shares.get(data.holdId)?.until ?? Infinity), event, 'lapses before its end');
        return this.#end(event, data.holdId, 'held');
      case 'BookingConfirmed': {
        const share = this.#shares.get(data.holdId);
        this.#claim(share?.state === 'held' && at < share.until, event, 'confirms what is not held any more');
        if (share) share.state = 'booked';
        return;
      }
      case 'BookingCancelled':
        return this.#end(event, data.holdId, 'booked');
      case 'WaitlistJoined':
        this.#waiting.push(data.entryId);
        return;
      case 'WaitlistLeft':
        return this.#leaveLine(data.entryId);
    }
  }

  /** Counted twice: by seat and place, and by hold and booking; together they must make up the capacity. */
  counts(): Counts {
    const sizeOf = (state: Share['state']) =>
      [...this.#shares.values()]
        .filter((share) => share.state === state)
        .reduce((sum, { seats, places }) => sum + seats.length + places, 0);
    const free = this.#show.seats.length - this.#owners.size + this.#freePlaces;
    return { free, held: sizeOf('held'), booked: sizeOf('booked') };
  }

  /** Notes where free + held + booked is not the capacity; nothing is blocked in these shows. */
  balance(): void {
    const { free, held, booked } = this.counts();
    const capacity = this.#show.seats.length + this.#show.places;
    if (free + held + booked !== capacity)
      this.complaints.push(
        `revision ${this.#revision}: ${free} free + ${held} held + ${booked} booked ≠ ${capacity}`,
      );
  }

  /** 0 free, 1 held, 2 booked, in plan order. */
  map(): number[] {
    return this.#show.seats.map((seat) => {
      const owner = this.#owners.get(seat);
      return owner === undefined ? 0 : this.#shares.get(owner)!.state === 'held' ? 1 : 2;
    });
  }

  #take(event: Logged, holdId: string): void {
    const { seats, areas, until } = event.data as {
      seats: string[];
      areas: { quantity: number }[];
      until: string;
    };
    const places = areas.reduce((sum, { quantity }) => sum + quantity, 0);
    this.#claim(!this.#ids.has(holdId), event, 'was there before');
    this.#ids.add(holdId);
    for (const seat of seats) {
      this.#claim(!this.#owners.has(seat), event, `takes ${seat}, which ${this.#owners.get(seat)} has`);
      this.#owners.set(seat, holdId);
    }
    this.#freePlaces -= places;
    this.#claim(this.#freePlaces >= 0, event, 'takes more places than there are');
    this.#shares.set(holdId, { seats, places, until: Date.parse(until), state: 'held' });
  }

  #end(event: Logged, holdId: string, from: Share['state']): void {
    const share = this.#shares.get(holdId);
    this.#claim(share?.state === from, event, `ends what is not ${from}`);
    if (share === undefined) return;
    this.#shares.delete(holdId);
    for (const seat of share.seats) this.#owners.delete(seat);
    this.#freePlaces += share.places;
  }

  #leaveLine(entryId: string): void {
    const place = this.#waiting.indexOf(entryId);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  #claim(holds: boolean, { type, stream, revision }: Logged, otherwise: string): void {
    if (!holds) this.complaints.push(`${stream} ${revision} ${type} ${otherwise}`);
  }
}
